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
            as settled_step,
        cast(
            sum(aged.handle_amount - aged.settled_stake_amount) as double precision
        ) / nullif(cast(sum(aged.handle_amount) as double precision), 0) as open_share
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

-- What lies ahead of all days, per unit of what is open then: a day on which nothing is
-- open has nothing ahead.
outlooks as (

    select
        jurisdiction,
        currency_code,
        age_days,
        as_of_at,
        sum(ggr_step) {{ of_this_age_and_older }}
        / nullif(open_share, 0) as ggr_share_of_open,
        sum(settled_step) {{ of_this_age_and_older }} as settled_share
    from steps

)

select * from outlooks
