-- What: start_of_time and end_of_time enclose every time that the contracts accept, and
-- end_of_time is the value that the snapshots write (dbt_valid_to_current).
-- When it matters: intervals of known time compare with them instead of with null.
-- What to do: keep the macros, the contracts and the snapshots' configuration in step.
with

ends as (

    select
        {{ start_of_time() }} as start_of_time,
        {{ end_of_time() }} as end_of_time

)

select * from ends
where
    start_of_time >= cast('2000-01-01' as timestamp)
    or end_of_time <> cast('9999-12-31' as timestamp)
