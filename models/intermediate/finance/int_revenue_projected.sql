{{ config(materialized='table') }}

with

aged as (

    select * from {{ ref('int_revenue_aged') }}

),

-- From one age to the next, over all days that have reached both: what moves per unit
-- of handle. GGR changes its sign, so it has no factors that could be multiplied.
steps as (

    select
        aged.jurisdiction,
        aged.currency_code,
        aged.age_days,
        aged.as_of_at,
        cast(sum(older.ggr_amount - aged.ggr_amount) as double precision)
        / nullif(cast(sum(aged.handle_amount) as double precision), 0) as ggr_step,
        cast(
            sum(older.settled_stake_amount - aged.settled_stake_amount)
            as double precision
        ) / nullif(cast(sum(aged.handle_amount) as double precision), 0)
            as settled_step
    from aged
    inner join aged as older
        on
            aged.as_of_at = older.as_of_at
            and aged.jurisdiction = older.jurisdiction
            and aged.currency_code = older.currency_code
            and aged.gaming_date = older.gaming_date
            and aged.age_days + 1 = older.age_days
    group by aged.jurisdiction, aged.currency_code, aged.age_days, aged.as_of_at

),

{% set of_this_age_and_older -%}
    over (
                partition by as_of_at, jurisdiction, currency_code
                order by age_days desc nulls last
                rows between unbounded preceding and current row
            )
{%- endset %}

outlooks as (

    select
        jurisdiction,
        currency_code,
        age_days,
        as_of_at,
        sum(ggr_step) {{ of_this_age_and_older }} as ggr_share,
        sum(settled_step) {{ of_this_age_and_older }} as settled_share
    from steps

),

-- A day's scatter grows with the root of its stakes.
projected as (

    select
        aged.jurisdiction,
        aged.currency_code,
        aged.age_days,
        aged.age_now_days,
        outlooks.settled_share as settled_share_ahead,
        aged.handle_amount * outlooks.ggr_share as ggr_ahead,
        sqrt(
            cast(aged.handle_amount as double precision)
            * cast(aged.handle_amount as double precision)
            / nullif(cast(aged.bet_count as double precision), 0)
        ) as scatter_scale,
        aged.gaming_date,
        aged.as_of_at,
        final_days.ggr_amount - aged.ggr_amount as ggr_that_came
    from aged
    inner join outlooks
        on
            aged.as_of_at = outlooks.as_of_at
            and aged.jurisdiction = outlooks.jurisdiction
            and aged.currency_code = outlooks.currency_code
            and aged.age_days = outlooks.age_days
    left join aged as final_days
        on
            aged.as_of_at = final_days.as_of_at
            and aged.jurisdiction = final_days.jurisdiction
            and aged.currency_code = final_days.currency_code
            and aged.gaming_date = final_days.gaming_date
            and final_days.is_final

)

select * from projected
