{#- Give every audience what the seed `audience_access` says, and nothing else. -#}
{% macro grant_to_audiences() -%}
    {{ return(adapter.dispatch('grant_to_audiences', 'betting_warehouse')()) }}
{%- endmacro %}

{#- DuckDB keeps no accounts. -#}
{% macro default__grant_to_audiences() -%}
{%- endmacro %}

{#- Only what has changed is said; in most runs nothing. -#}
{% macro redshift__grant_to_audiences() -%}
    {%- set rules = ref('audience_access') -%}
    {%- set is_run = execute and flags.WHICH in ['build', 'run', 'seed', 'snapshot'] -%}
    {%- if is_run and load_relation(rules) is not none -%}
        {%- for statement in _access_changes(run_query('select * from ' ~ rules)) -%}
            {%- do run_query(statement) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{% macro _access_changes(rules) -%}
    {%- set audiences = rules.columns['audience'].values() | unique | list -%}
    {%- set roles = "'" ~ audiences | join("', '") ~ "'" -%}
    {%- set there = _as_texts('select role_name from svv_roles') -%}
    {%- set used = _as_texts(
        "select namespace_name || ' to role ' || identity_name"
        ~ " from svv_schema_privileges where privilege_type = 'USAGE'"
        ~ " and identity_type = 'role' and identity_name in (" ~ roles ~ ")"
    ) -%}
    {%- set read = _as_texts(
        "select namespace_name || '.' || relation_name || ' to role ' || identity_name"
        ~ " from svv_relation_privileges where privilege_type = 'SELECT'"
        ~ " and identity_type = 'role' and identity_name in (" ~ roles ~ ")"
    ) -%}
    {%- set may = _access_wanted(rules) -%}
    {%- set changes = [] -%}
    {%- for role in audiences if role not in there -%}
        {%- do changes.append('create role ' ~ role) -%}
    {%- endfor -%}
    {%- for usage in may.usage if usage not in used -%}
        {%- do changes.append('grant usage on schema ' ~ usage) -%}
    {%- endfor -%}
    {%- for default in may.defaults if default not in used -%}
        {%- set words = default.split(' to ') -%}
        {%- do changes.append(
            'alter default privileges in schema ' ~ words[0]
            ~ ' grant select on tables to ' ~ words[1]
        ) -%}
    {%- endfor -%}
    {%- for select in may.select if select not in read -%}
        {%- do changes.append('grant select on ' ~ select) -%}
    {%- endfor -%}
    {{ return(changes + _access_revoked(used, read, may)) }}
{%- endmacro %}

{#- What is no longer in the seed; a new relation must not be given by default either. -#}
{% macro _access_revoked(used, read, may) -%}
    {%- set changes, narrowed = [], [] -%}
    {%- for select in read if select not in may.select -%}
        {%- do narrowed.append(select.split('.')[0] ~ ' to ' ~ select.split(' to ')[1]) -%}
        {%- do changes.append(
            'revoke select on ' ~ select | replace(' to role ', ' from role ')
        ) -%}
    {%- endfor -%}
    {%- for usage in narrowed | unique if usage not in may.defaults -%}
        {%- set words = usage.split(' to ') -%}
        {%- do changes.append(
            'alter default privileges in schema ' ~ words[0]
            ~ ' revoke select on tables from ' ~ words[1]
        ) -%}
    {%- endfor -%}
    {%- for usage in used if usage not in may.usage -%}
        {%- do changes.append(
            'revoke usage on schema ' ~ usage | replace(' to role ', ' from role ')
        ) -%}
    {%- endfor -%}
    {{ return(changes) }}
{%- endmacro %}

{#- Rules applied to the relations that are there. -#}
{% macro _access_wanted(rules) -%}
    {%- set may = {'usage': [], 'defaults': [], 'select': []} -%}
    {%- set relations = _as_texts(
        "select pg_namespace.nspname || '.' || pg_class.relname"
        ~ " from pg_class inner join pg_namespace"
        ~ " on pg_class.relnamespace = pg_namespace.oid"
        ~ " where pg_class.relkind in ('r', 'v')"
    ) -%}
    {%- for rule in rules.rows -%}
        {%- set schema = generate_schema_name(rule['schema_name'], none) | trim -%}
        {%- set role = ' to role ' ~ rule['audience'] -%}
        {%- for relation in relations if relation.split('.')[0] == schema -%}
            {%- do may.usage.append(schema ~ role) -%}
            {%- if not rule['relation_name'] -%}
                {%- do may.defaults.append(schema ~ role) -%}
                {%- do may.select.append(relation ~ role) -%}
            {%- elif relation.split('.')[1] == rule['relation_name'] -%}
                {%- do may.select.append(relation ~ role) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return({
        'usage': may.usage | unique | list,
        'defaults': may.defaults | unique | list,
        'select': may.select | unique | list,
    }) }}
{%- endmacro %}

{% macro _as_texts(query) -%}
    {{ return(run_query(query).columns[0].values() | list) }}
{%- endmacro %}
