-- Redshift's catalogue and what its DDL leaves there. Run once, after functions.sql.
set allow_system_table_mods = on;
set search_path = pg_catalog;

create function rs_reject(message text) returns void language plpgsql as $$
begin
    raise exception '%', message using errcode = 'feature_not_supported';
end $$;

-- Physical design ----------------------------------------------------------------------

create table rs_design (
    relation oid primary key,
    diststyle text,
    distkey text,
    sortkey text[],
    interleaved boolean
);

-- Redshift counts the bytes of a varchar(n), PostgreSQL the characters.
create function rs_limit_bytes(target regclass) returns void
language plpgsql as $$
declare
    checks text;
begin
    select string_agg(
        format(
            'add constraint rs_bytes_%s check (octet_length(%I) <= %s) not valid',
            attnum, attname, atttypmod - 4
        ), ', '
    ) into checks
    from pg_attribute as a
    where attrelid = target and attnum > 0 and not attisdropped
        and atttypid = 'varchar'::regtype and atttypmod > 4
        and not exists (
            select from pg_constraint
            where conrelid = target and conname = 'rs_bytes_' || a.attnum
        );
    if checks is not null then
        execute format('alter table %s %s', target, checks);
    end if;
end $$;

create function rs_after_ddl() returns event_trigger
language plpgsql security definer set standard_conforming_strings = on as $$
declare
    made record;
    design jsonb := substring(current_query() from '/\*rs:(\{.*?\})\*/');
begin
    for made in
        select objid, command_tag from pg_event_trigger_ddl_commands()
        where object_type = 'table'
    loop
        perform pg_catalog.rs_limit_bytes(made.objid);
        if design is not null and made.command_tag <> 'ALTER TABLE' then
            insert into pg_catalog.rs_design
            select
                made.objid, upper(d.diststyle), d.distkey, d.sortkey, d.interleaved
            from jsonb_to_record(design) as d(
                diststyle text, distkey text, sortkey text[], interleaved boolean
            )
            on conflict (relation) do nothing;
        end if;
    end loop;
end $$;
create event trigger rs_after_ddl on ddl_command_end
when tag in ('CREATE TABLE', 'CREATE TABLE AS', 'ALTER TABLE')
execute function rs_after_ddl();

create view svv_table_info as
select
    current_database()::text as database,
    n.nspname::text as schema,
    c.oid::int as table_id,
    c.relname::text as "table",
    'Y, AUTO(ENCODE)'::text as encoded,
    case
        when d.distkey is not null then 'KEY(' || d.distkey || ')'
        else coalesce(d.diststyle, 'AUTO(ALL)')
    end as diststyle,
    case
        when d.sortkey[1] is null then 'AUTO(SORTKEY)'
        when d.interleaved then 'INTERLEAVED'
        else d.sortkey[1]
    end as sortkey1,
    0 as max_varchar,
    'none'::text as sortkey1_enc,
    coalesce(array_length(d.sortkey, 1), 0) as sortkey_num,
    pg_relation_size(c.oid) / 1048576 as size,
    0.0::numeric as pct_used,
    0::bigint as empty,
    0.0::numeric as unsorted,
    0.0::numeric as stats_off,
    greatest(c.reltuples, 0)::numeric as tbl_rows,
    null::numeric as skew_sortkey1,
    null::numeric as skew_rows
from pg_class as c
join pg_namespace as n on n.oid = c.relnamespace
left join rs_design as d on d.relation = c.oid
where c.relkind = 'r'
    and n.nspname not in ('pg_catalog', 'information_schema')
    and n.nspname not like 'pg!_t%' escape '!';

-- Late-binding views -------------------------------------------------------------------
-- The query sits in a function of the view's owner, with whose rights it reads, and
-- leaves no dependency on what it reads: a parent can be dropped and rebuilt.

create schema rs_late_binding;
grant usage, create on schema rs_late_binding to public;

create function rs_create_late_binding_view(name text, query text, replaced boolean)
returns void language plpgsql as $$
declare
    columns text;
    body text := format('rs_late_binding.%I', 'query_' || gen_random_uuid());
begin
    begin
        execute 'create temporary view rs_probe as ' || query;
        select string_agg(
            quote_ident(attname) || ' ' || format_type(atttypid, atttypmod), ', '
            order by attnum
        ) into columns
        from pg_attribute where attrelid = 'rs_probe'::regclass and attnum > 0;
        drop view rs_probe;
    exception when undefined_table or undefined_column or invalid_schema_name then
        columns := 'unresolved varchar';  -- Redshift does not look either
    end;
    execute format(
        'create function %s() returns setof record language plpgsql security definer '
        'as %L', body, format('begin return query execute %L; end', query)
    );
    if replaced then
        execute format('drop view if exists %s', name);
    end if;
    execute format('create view %s as select * from %s() as q(%s)', name, body, columns);
end $$;

-- dbt also finds these views' columns in information_schema, as it does on PostgreSQL.
create function pg_get_late_binding_view_cols() returns setof record
language sql stable as $$
    select null::name, null::name, null::name, null::varchar, null::int where false
$$;

-- Users, groups and roles ----------------------------------------------------------------

create view svv_relation_privileges as
select
    n.nspname::text as namespace_name,
    c.relname::text as relation_name,
    a.privilege_type::text as privilege_type,
    r.rolname::text as identity_name,
    coalesce(shobj_description(r.oid, 'pg_authid'), 'user') as identity_type,
    a.is_grantable as admin_option
from pg_class as c
join pg_namespace as n on n.oid = c.relnamespace
cross join lateral aclexplode(c.relacl) as a
join pg_roles as r on r.oid = a.grantee;

create view svv_schema_privileges as
select
    n.nspname::text as namespace_name,
    a.privilege_type::text as privilege_type,
    r.rolname::text as identity_name,
    coalesce(shobj_description(r.oid, 'pg_authid'), 'user') as identity_type,
    a.is_grantable as admin_option
from pg_namespace as n
cross join lateral aclexplode(n.nspacl) as a
join pg_roles as r on r.oid = a.grantee;

create view svv_roles as
select oid::int as role_id, rolname::text as role_name
from pg_roles where shobj_description(oid, 'pg_authid') = 'role';

create view svv_user_grants as
select u.rolname::text as user_name, r.rolname::text as role_name
from pg_auth_members as m
join pg_roles as u on u.oid = m.member
join pg_roles as r on r.oid = m.roleid
where u.rolcanlogin;

-- What dbt-redshift asks for ---------------------------------------------------------------

create view svv_external_columns as
select
    null::text as schemaname, null::text as tablename, null::text as columnname,
    null::text as external_type, null::int as columnnum
where false;
create table sys_query_detail (table_id oid, step_name text, start_time timestamp);

create function rs_show_schemas(db text, pattern text)
returns table (database_name text, schema_name text, schema_type text)
language sql stable as $$
    select current_database()::text, nspname::text, 'local'::text
    from pg_namespace
    where db = current_database() and nspname like coalesce(nullif(pattern, ''), '%')
$$;
create function rs_show_tables(in_schema text) returns table (
    database_name text, schema_name text, table_name text, table_type text,
    table_subtype text, remarks text, owner text, last_modified_time timestamp
) language sql stable as $$
    select
        current_database()::text, n.nspname::text, c.relname::text,
        case c.relkind when 'r' then 'TABLE' else 'VIEW' end,
        case
            when c.relkind = 'r' then 'REGULAR TABLE'
            when pg_get_viewdef(c.oid) like '%rs_late_binding.%' then 'LATE BINDING VIEW'
            else 'REGULAR VIEW'
        end,
        obj_description(c.oid, 'pg_class'), pg_get_userbyid(c.relowner)::text, getdate()
    from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
    where c.relkind in ('r', 'v') and n.nspname = in_schema
$$;
create function rs_show_columns(in_schema text, of_table text) returns table (
    database_name text, schema_name text, table_name text, column_name text,
    ordinal_position int, data_type text, character_maximum_length int,
    numeric_precision int, numeric_scale int, remarks text
) language sql stable as $$
    select
        table_catalog::text, table_schema::text, table_name::text, column_name::text,
        ordinal_position::int, data_type::text, character_maximum_length::int,
        numeric_precision::int, numeric_scale::int, ''::text
    from information_schema.columns
    where table_schema = in_schema and table_name = of_table
    order by ordinal_position
$$;
-- Groups come back as roles with a slash before their name.
create function rs_show_grants(in_schema text, of_table text) returns table (
    schema_name text, object_name text, privilege_type text, identity_name text,
    identity_type text
) language sql stable as $$
    select
        namespace_name, relation_name, lower(privilege_type),
        case identity_type when 'group' then '/' || identity_name else identity_name end,
        case identity_type when 'group' then 'role' else identity_type end
    from svv_relation_privileges
    where namespace_name = in_schema and relation_name = of_table
$$;

grant select on all tables in schema pg_catalog to public;
revoke select on pg_authid, pg_statistic from public;
