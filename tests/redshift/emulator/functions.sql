-- Functions of Redshift that PostgreSQL lacks or that mean something else there.
-- Run once by a superuser; they live in pg_catalog so that they are found everywhere.
set allow_system_table_mods = on;
set search_path = pg_catalog;

-- Dates ----------------------------------------------------------------------------

create function getdate() returns timestamp language sql stable as $$
    select date_trunc('second', clock_timestamp() at time zone 'utc')
$$;

create function rs_unit(part text) returns text language sql immutable as $$
    select case
        when lower(part) in ('y', 'yr', 'yrs', 'years') then 'year'
        when lower(part) in ('q', 'qtr', 'qtrs', 'quarters') then 'quarter'
        when lower(part) in ('mon', 'mons', 'months') then 'month'
        when lower(part) in ('w', 'weeks') then 'week'
        when lower(part) in ('d', 'days') then 'day'
        when lower(part) in ('h', 'hr', 'hrs', 'hours') then 'hour'
        when lower(part) in ('m', 'min', 'mins', 'minutes') then 'minute'
        when lower(part) in ('s', 'sec', 'secs', 'seconds') then 'second'
        when lower(part) in ('ms', 'msec', 'msecs', 'milliseconds') then 'millisecond'
        when lower(part) in ('us', 'usec', 'usecs', 'microseconds') then 'microsecond'
        else lower(part)
    end
$$;

create function dateadd(part text, amount bigint, moment timestamp) returns timestamp
language sql immutable as $$
    select case rs_unit(part)
        when 'quarter' then moment + make_interval(months => (3 * amount)::int)
        else moment + (amount::text || ' ' || rs_unit(part))::interval
    end
$$;
create function dateadd(part text, amount bigint, moment date) returns timestamp
language sql immutable as $$ select dateadd(part, amount, moment::timestamp) $$;
create function dateadd(part text, amount bigint, moment timestamptz)
returns timestamptz language sql stable as $$
    select dateadd(part, amount, moment at time zone 'utc') at time zone 'utc'
$$;

-- DATEDIFF counts the boundaries crossed, not the time elapsed; weeks begin on Sunday.
create function datediff(part text, earlier timestamp, later timestamp) returns bigint
language sql immutable as $$
    select case rs_unit(part)
        when 'year' then date_part('year', later) - date_part('year', earlier)
        when 'quarter' then
            (date_part('year', later) - date_part('year', earlier)) * 4
            + date_part('quarter', later) - date_part('quarter', earlier)
        when 'month' then
            (date_part('year', later) - date_part('year', earlier)) * 12
            + date_part('month', later) - date_part('month', earlier)
        when 'week' then (
            (later::date - extract(dow from later)::int)
            - (earlier::date - extract(dow from earlier)::int)
        ) / 7
        when 'day' then later::date - earlier::date
        when 'hour' then extract(
            epoch from date_trunc('hour', later) - date_trunc('hour', earlier)
        ) / 3600
        when 'minute' then extract(
            epoch from date_trunc('minute', later) - date_trunc('minute', earlier)
        ) / 60
        when 'second' then extract(
            epoch from date_trunc('second', later) - date_trunc('second', earlier)
        )
        when 'millisecond' then extract(
            epoch from date_trunc('millisecond', later)
            - date_trunc('millisecond', earlier)
        ) * 1000
        when 'microsecond' then extract(epoch from later - earlier) * 1000000
    end::bigint
$$;
create function datediff(part text, earlier date, later date) returns bigint
language sql immutable as $$
    select datediff(part, earlier::timestamp, later::timestamp)
$$;
create function datediff(part text, earlier timestamptz, later timestamptz)
returns bigint language sql stable as $$
    select datediff(part, earlier at time zone 'utc', later at time zone 'utc')
$$;

create function date_trunc(part text, moment date) returns timestamp
language sql immutable as $$ select date_trunc(part, moment::timestamp) $$;
-- Redshift's EXTRACT gives an integer, and integers divide without a remainder.
create function rs_extract(part text, moment timestamp) returns bigint
language sql immutable as $$ select trunc(date_part(part, moment))::bigint $$;
create function rs_extract(part text, moment date) returns bigint
language sql immutable as $$ select date_part(part, moment)::bigint $$;
create function rs_extract(part text, span interval) returns bigint
language sql immutable as $$ select trunc(date_part(part, span))::bigint $$;
create function last_day(moment timestamp) returns date language sql immutable as $$
    select (date_trunc('month', moment) + interval '1 month - 1 day')::date
$$;
create function convert_timezone(source text, target text, moment timestamp)
returns timestamp language sql immutable as $$
    select moment at time zone source at time zone target
$$;
create function convert_timezone(target text, moment timestamp) returns timestamp
language sql immutable as $$ select convert_timezone('UTC', target, moment) $$;
create function trunc(moment timestamp) returns date language sql immutable as $$
    select moment::date
$$;

-- Text, hashes, JSON -----------------------------------------------------------------

create function len(value text) returns int language sql immutable as $$
    select length(value)
$$;
create function sha2(value text, bits int) returns varchar language sql immutable as $$
    select case bits
        when 224 then encode(sha224(convert_to(value, 'UTF8')), 'hex')
        when 384 then encode(sha384(convert_to(value, 'UTF8')), 'hex')
        when 512 then encode(sha512(convert_to(value, 'UTF8')), 'hex')
        else encode(sha256(convert_to(value, 'UTF8')), 'hex')
    end
$$;
-- One accumulating product per digit: base 16 of eight digits fits a bigint.
create function strtol(value text, base int) returns bigint
language plpgsql immutable strict as $$
declare
    result bigint := 0;
    digit text;
begin
    foreach digit in array regexp_split_to_array(lower(value), '') loop
        result := result * base
            + strpos('0123456789abcdefghijklmnopqrstuvwxyz', digit) - 1;
    end loop;
    return result;
end $$;
-- Redshift replaces every match, PostgreSQL the first one.
create function rs_regexp_replace(value text, pattern text, replacement text default '')
returns text language sql immutable as $$
    select regexp_replace(value, pattern, replacement, 'g')
$$;
-- No match is an empty string in Redshift.
create function rs_regexp_substr(value text, pattern text) returns text
language sql immutable as $$
    select case when value is not null then coalesce(regexp_substr(value, pattern), '')
    end
$$;
create function json_parse(value text) returns jsonb language sql immutable as $$
    select value::jsonb
$$;
create function json_serialize(value jsonb) returns text language sql immutable as $$
    select value::text
$$;
create function json_extract_path_text(
    value text, path text, null_if_invalid boolean default false
) returns text language plpgsql immutable as $$
begin
    return coalesce(value::json ->> path, '');
exception when invalid_text_representation then
    if null_if_invalid then return null; end if;
    raise;
end $$;
create function rs_try_cast(value text, prototype anyelement) returns anyelement
language plpgsql stable as $$
begin
    execute format('select %L::%s', value, pg_typeof(prototype)) into prototype;
    return prototype;
exception when others then
    return null;
end $$;

-- Numbers ----------------------------------------------------------------------------

create function round(value double precision, digits int) returns double precision
language sql immutable as $$
    select round(value::numeric, digits)::double precision
$$;

-- AVG of integers is a truncated BIGINT; AVG of DECIMAL(p, s) keeps the scale s.
-- State: sum, count, largest scale seen.
create function rs_avg_step(state numeric[], value numeric) returns numeric[]
language sql immutable as $$
    select case when value is null then state else
        array[state[1] + value, state[2] + 1, greatest(state[3], scale(value))]
    end
$$;
create function rs_avg_step(state numeric[], value bigint) returns numeric[]
language sql immutable as $$ select rs_avg_step(state, value::numeric) $$;
create function rs_avg_step(state numeric[], value int) returns numeric[]
language sql immutable as $$ select rs_avg_step(state, value::numeric) $$;
create function rs_avg_step(state numeric[], value smallint) returns numeric[]
language sql immutable as $$ select rs_avg_step(state, value::numeric) $$;
create function rs_avg_whole(state numeric[]) returns bigint
language sql immutable as $$ select trunc(state[1] / nullif(state[2], 0))::bigint $$;
create function rs_avg_scaled(state numeric[]) returns numeric
language sql immutable as $$
    select trunc(state[1] / nullif(state[2], 0), state[3]::int)
$$;
create aggregate rs_avg(bigint) (
    sfunc = rs_avg_step, stype = numeric[], finalfunc = rs_avg_whole,
    initcond = '{0,0,0}'
);
create aggregate rs_avg(int) (
    sfunc = rs_avg_step, stype = numeric[], finalfunc = rs_avg_whole,
    initcond = '{0,0,0}'
);
create aggregate rs_avg(smallint) (
    sfunc = rs_avg_step, stype = numeric[], finalfunc = rs_avg_whole,
    initcond = '{0,0,0}'
);
create aggregate rs_avg(numeric) (
    sfunc = rs_avg_step, stype = numeric[], finalfunc = rs_avg_scaled,
    initcond = '{0,0,0}'
);
create aggregate rs_avg(double precision) (
    sfunc = float8_accum, stype = float8[], finalfunc = float8_avg,
    initcond = '{0,0,0}'
);

-- FIRST_VALUE and LAST_VALUE … IGNORE NULLS, as aggregates over the same frame.
create function rs_keep_first(kept anyelement, value anyelement) returns anyelement
language sql immutable as $$ select coalesce(kept, value) $$;
create function rs_keep_last(kept anyelement, value anyelement) returns anyelement
language sql immutable as $$ select coalesce(value, kept) $$;
create aggregate rs_first_value(anyelement) (sfunc = rs_keep_first, stype = anyelement);
create aggregate rs_last_value(anyelement) (sfunc = rs_keep_last, stype = anyelement);
