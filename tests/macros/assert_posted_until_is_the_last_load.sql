-- What: posted_until is the latest known_at of a relation; for an empty one it is
-- start_of_time.
-- When it matters: every incremental model goes on from there; too late loses entries,
-- too early posts them twice.
-- What to do: mend macros/posted_until.sql, then build --full-refresh.
with

loads as (

    select cast('2026-01-05 12:00:00' as timestamp) as known_at
    union all
    select cast('2026-01-06 12:00:00' as timestamp) as known_at

),

no_loads as (

    select known_at from loads
    where known_at > {{ end_of_time() }}

),

answers as (

    select
        {{ posted_until('loads') }} as after_loads,
        {{ posted_until('no_loads') }} as after_none

)

select * from answers
where
    after_loads <> cast('2026-01-06 12:00:00' as timestamp)
    or after_none <> {{ start_of_time() }}
