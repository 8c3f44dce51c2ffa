{{ config(materialized='table') }}

with

moments as (

    select * from {{ ref('int_moments_asked') }}

),

rules as (

    select * from {{ ref('maturity_rules') }}

),

revenue_versions as (

    select * from {{ ref('rpt_daily_revenue_versions') }}
    where basis = 'placed'

),

numbers as (

    {{ dbt.generate_series(64) }}

),

ages as (

    select cast(generated_number as integer) - 1 as age_days
    from numbers

),

-- Looked at from T, a day of age A was k days old A - k days before T, same hour.
moments_of_days as (

    select
        moments.as_of_at,
        revenue_versions.jurisdiction,
        revenue_versions.currency_code,
        cast({{ dbt.datediff(
            'revenue_versions.gaming_date', 'cast(moments.as_of_at as date)', 'day'
        ) }} - 1 as integer) as age_now_days,
        rules.horizon_days,
        revenue_versions.bet_count,
        revenue_versions.handle_amount,
        revenue_versions.settled_stake_amount,
        revenue_versions.ggr_amount,
        revenue_versions.gaming_date,
        revenue_versions.known_from,
        revenue_versions.known_to
    from moments
    cross join rules
    inner join revenue_versions
        on
            moments.as_of_at >= revenue_versions.known_from
            and cast(moments.as_of_at as date) > revenue_versions.gaming_date
            and revenue_versions.gaming_date >= cast(
                {{ dbt.dateadd(
                    'day', '-rules.history_days', 'cast(moments.as_of_at as date)'
                ) }} as date
            )

),

aged as (

    select
        moments_of_days.jurisdiction,
        moments_of_days.currency_code,
        cast(ages.age_days as integer) as age_days,
        moments_of_days.age_now_days,
        moments_of_days.bet_count,
        moments_of_days.handle_amount,
        moments_of_days.settled_stake_amount,
        moments_of_days.ggr_amount,
        ages.age_days = moments_of_days.horizon_days as is_final,
        moments_of_days.gaming_date,
        moments_of_days.as_of_at
    from moments_of_days
    inner join ages
        on
            moments_of_days.horizon_days >= ages.age_days
            and moments_of_days.age_now_days >= ages.age_days
            and moments_of_days.known_from <= {{ dbt.dateadd(
                'day', '(ages.age_days - moments_of_days.age_now_days)',
                'moments_of_days.as_of_at'
            ) }}
            and moments_of_days.known_to > {{ dbt.dateadd(
                'day', '(ages.age_days - moments_of_days.age_now_days)',
                'moments_of_days.as_of_at'
            ) }}

)

select * from aged
