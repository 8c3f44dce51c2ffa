{#- Give every audience what the seed `audience_access` says, and nothing else. -#}
{% macro grant_to_audiences() -%}
    {{ return(adapter.dispatch('grant_to_audiences', 'betting_warehouse')()) }}
{%- endmacro %}

{#- DuckDB keeps no accounts. -#}
{% macro default__grant_to_audiences() -%}
{%- endmacro %}

{#- Only what has changed is said; in most runs nothing. An audience that may not see all
    of a relation gets a view of it, in a schema of its own, and nothing else. -#}
{% macro redshift__grant_to_audiences() -%}
    {%- set access = ref('audience_access') -%}
    {%- set columns = ref('audience_hidden_columns') -%}
    {%- set rows = ref('audience_jurisdictions') -%}
    {%- set is_run = execute and flags.WHICH in ['build', 'run', 'seed', 'snapshot'] -%}
    {%- if is_run and load_relation(rows) is not none -%}
        {%- set rights = _rights(access, columns, rows) -%}
        {%- for statement in _view_changes(rights) -%}
            {%- do run_query(statement) -%}
        {%- endfor -%}
        {%- for statement in _access_changes(rights) -%}
            {%- do run_query(statement) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{#- The policy's three seeds as one list; see there what each row says. -#}
{% macro _rights(access, columns, rows) -%}
    {%- set rights, hidden, licences = [], {}, {} -%}
    {%- for row in run_query('select * from ' ~ columns).rows -%}
        {%- set key = (row['audience'], row['schema_name'], row['relation_name']) -%}
        {%- do hidden.setdefault(key, []).append(row['column_name']) -%}
    {%- endfor -%}
    {%- for row in run_query('select * from ' ~ rows).rows -%}
        {%- do licences.setdefault(row['audience'], []).append(row['jurisdiction']) -%}
    {%- endfor -%}
    {%- for row in run_query('select * from ' ~ access).rows -%}
        {%- do rights.append({
            'audience': row['audience'],
            'schema': row['schema_name'],
            'relation': row['relation_name'] or '',
            'licences': licences.get(row['audience'], [])
                if row['row_scope'] != 'all' else none,
            'hidden': hidden,
        }) -%}
    {%- endfor -%}
    {{ return(rights) }}
{%- endmacro %}

{#- Columns that the right's audience may not see of a relation. -#}
{% macro _hidden_columns(right, name) -%}
    {{ return(right.hidden.get((right.audience, right.schema, name), [])) }}
{%- endmacro %}

{#- Whether something of a relation is kept from the right's audience. -#}
{% macro _is_limited(right, name) -%}
    {{ return(right.licences is not none or _hidden_columns(right, name) != []) }}
{%- endmacro %}

{#- Views that are not as the rights say, and those that nobody should have. A view's
    comment tells what it was made from. -#}
{% macro _view_changes(rights) -%}
    {%- set changes, wanted = [], _views_wanted(rights) -%}
    {%- set there = _as_texts(
        "select pg_namespace.nspname || '.' || pg_class.relname || ' '"
        ~ " || coalesce(pg_description.description, '')"
        ~ " from pg_class inner join pg_namespace"
        ~ " on pg_class.relnamespace = pg_namespace.oid"
        ~ " left join pg_description on pg_description.objoid = pg_class.oid"
        ~ " and pg_description.objsubid = 0"
        ~ " where pg_class.relkind = 'v' and left(pg_namespace.nspname, 4) = 'for_'"
    ) -%}
    {%- for view, query in wanted.items() -%}
        {%- set made_from = local_md5(query) -%}
        {%- if view ~ ' ' ~ made_from not in there -%}
            {%- do changes.append(
                'create schema if not exists ' ~ view.split('.')[0]
            ) -%}
            {%- do changes.append('drop view if exists ' ~ view) -%}
            {%- do changes.append('create view ' ~ view ~ ' as ' ~ query) -%}
            {%- do changes.append(
                "comment on view " ~ view ~ " is '" ~ made_from ~ "'"
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for view in there if view.split(' ')[0] not in wanted -%}
        {%- do changes.append('drop view ' ~ view.split(' ')[0]) -%}
    {%- endfor -%}
    {{ return(changes) }}
{%- endmacro %}

{#- Name of each view that limits an audience -> its query. -#}
{% macro _views_wanted(rights) -%}
    {%- set views = {} -%}
    {%- for right in rights -%}
        {%- for node in graph.nodes.values()
            if node.config.schema == right.schema
            and right.relation in ['', node.name]
            and node.resource_type in ['model', 'seed', 'snapshot']
            and _is_limited(right, node.name) -%}
            {%- set relation = load_relation(api.Relation.create(
                database=node.database, schema=node.schema, identifier=node.alias
            )) -%}
            {%- if relation is not none -%}
                {%- do views.update({
                    'for_' ~ right.audience ~ '.' ~ node.name:
                    _limited_query(right, node, relation)
                }) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(views) }}
{%- endmacro %}

{#- Declared columns but for the hidden, of the licensed jurisdictions' rows. -#}
{% macro _limited_query(right, node, relation) -%}
    {%- set hidden = _hidden_columns(right, node.name) -%}
    {%- set columns = node.columns.keys() | reject('in', hidden) | join('", "') -%}
    {%- set rows -%}
        {%- if right.licences is not none %} where jurisdiction in
        ('{{ right.licences | sort | join("', '") }}')
        {%- endif -%}
    {%- endset -%}
    {{ return(
        'select "' ~ columns ~ '" from ' ~ relation.include(database=false) ~ rows
        ~ ' with no schema binding'
    ) }}
{%- endmacro %}

{% macro _access_changes(rights) -%}
    {%- set audiences = rights | map(attribute='audience') | unique | list -%}
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
    {%- set may = _access_wanted(rights) -%}
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

{#- Rights applied to the relations that are there. -#}
{% macro _access_wanted(rights) -%}
    {%- set may = {'usage': [], 'defaults': [], 'select': [], 'narrowed': []} -%}
    {%- set relations = _as_texts(
        "select pg_namespace.nspname || '.' || pg_class.relname"
        ~ " from pg_class inner join pg_namespace"
        ~ " on pg_class.relnamespace = pg_namespace.oid"
        ~ " where pg_class.relkind in ('r', 'v')"
    ) -%}
    {%- for right in rights -%}
        {%- set schema = generate_schema_name(right.schema, none) | trim -%}
        {%- set role = ' to role ' ~ right.audience -%}
        {%- for relation in relations
            if relation.split('.')[0] == schema
            and right.relation in ['', relation.split('.')[1]] -%}
            {%- set name = relation.split('.')[1] -%}
            {%- if _is_limited(right, name) -%}
                {%- set view = 'for_' ~ right.audience ~ '.' ~ name -%}
                {%- do may.narrowed.append(schema ~ role) -%}
                {%- if view in relations -%}
                    {%- do may.usage.append('for_' ~ right.audience ~ role) -%}
                    {%- do may.select.append(view ~ role) -%}
                {%- endif -%}
            {%- else -%}
                {%- do may.usage.append(schema ~ role) -%}
                {%- do may.select.append(relation ~ role) -%}
                {%- if not right.relation -%}
                    {%- do may.defaults.append(schema ~ role) -%}
                {%- endif -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return({
        'usage': may.usage | unique | list,
        'defaults': may.defaults | reject('in', may.narrowed) | unique | list,
        'select': may.select | unique | list,
    }) }}
{%- endmacro %}

{% macro _as_texts(query) -%}
    {{ return(run_query(query).columns[0].values() | list) }}
{%- endmacro %}
