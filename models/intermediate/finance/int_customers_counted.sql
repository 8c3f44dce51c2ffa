with

profiles as (

    select * from {{ ref('stg_customers__profiles') }}

),

flagged_profiles as (

    select
        customer_id,
        known_from,
        known_to,
        max(known_to) over (
            partition by customer_id
            order by known_from nulls last, known_to nulls last
            rows between unbounded preceding and 1 preceding
        ) as flagged_until
    from profiles
    where is_test_account and known_from < known_to

),

flagged_runs as (

    select
        customer_id,
        known_from,
        known_to,
        sum(case when known_from <= flagged_until then 0 else 1 end) over (
            partition by customer_id
            order by known_from nulls last, known_to nulls last
            rows between unbounded preceding and current row
        ) as run_number
    from flagged_profiles

),

flagged_intervals as (

    select
        customer_id,
        min(known_from) as flagged_from,
        max(known_to) as flagged_to
    from flagged_runs
    group by customer_id, run_number

),

intervals_before_a_flag as (

    select
        customer_id,
        coalesce(
            lag(flagged_to) over (
                partition by customer_id
                order by flagged_from nulls last
            ),
            {{ start_of_time() }}
        ) as counted_from,
        flagged_from as counted_to
    from flagged_intervals

),

intervals_after_the_last_flag as (

    select
        customer_id,
        max(flagged_to) as counted_from,
        {{ end_of_time() }} as counted_to
    from flagged_intervals
    group by customer_id
    having max(flagged_to) < {{ end_of_time() }}

),

counted_intervals as (

    select * from intervals_before_a_flag
    union all
    select * from intervals_after_the_last_flag

)

select * from counted_intervals
