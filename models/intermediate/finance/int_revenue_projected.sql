{{ config(materialized='table') }}

with

aged as (

    select * from {{ ref('int_revenue_aged') }}

),

outlooks as (

    select * from {{ ref('int_revenue_stepped') }}

),

-- A day's scatter grows with the root of what is open.
days_with_their_outlook as (

    select
        aged.jurisdiction,
        aged.currency_code,
        aged.age_days,
        aged.age_now_days,
        outlooks.settled_share as settled_share_ahead,
        greatest(aged.handle_amount - aged.settled_stake_amount, 0)
        * coalesce(outlooks.ggr_share_of_open, 0) as ggr_ahead,
        sqrt(
            cast(
                greatest(aged.handle_amount - aged.settled_stake_amount, 0)
                as double precision
            )
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

),

ages_at_which_days_move as (

    select
        jurisdiction,
        currency_code,
        age_days,
        as_of_at,
        avg(case when ggr_that_came <> 0 then 1.0 else 0.0 end) as moved_share
    from days_with_their_outlook
    where ggr_that_came is not null and scatter_scale > 0
    group by jurisdiction, currency_code, age_days, as_of_at

),

-- From the age on at which most open days move no more, that is what to expect: what
-- moves on average moves on few.
projected as (

    select
        days_with_their_outlook.jurisdiction,
        days_with_their_outlook.currency_code,
        days_with_their_outlook.age_days,
        days_with_their_outlook.age_now_days,
        days_with_their_outlook.settled_share_ahead,
        case
            when ages_at_which_days_move.moved_share > 0.5
                then days_with_their_outlook.ggr_ahead
            else 0
        end as ggr_ahead,
        days_with_their_outlook.scatter_scale,
        days_with_their_outlook.gaming_date,
        days_with_their_outlook.as_of_at,
        days_with_their_outlook.ggr_that_came
    from days_with_their_outlook
    left join ages_at_which_days_move
        on
            days_with_their_outlook.as_of_at = ages_at_which_days_move.as_of_at
            and days_with_their_outlook.jurisdiction
            = ages_at_which_days_move.jurisdiction
            and days_with_their_outlook.currency_code
            = ages_at_which_days_move.currency_code
            and days_with_their_outlook.age_days = ages_at_which_days_move.age_days

)

select * from projected
