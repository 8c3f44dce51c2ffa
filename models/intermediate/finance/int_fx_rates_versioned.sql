{{ config(materialized='table') }}

{#- A rate of the day serves this many days when no later one is known, so that weekends
    and bank holidays are bridged and a silent feed shows. -#}
{% set serving_days = 7 %}

with

rates as (

    select * from {{ ref('stg_fx__daily_rates') }}

),

days as (

    select * from {{ ref('dim_dates') }}

),

numbers as (

    {{ dbt.generate_series(serving_days) }}

),

candidates as (

    select
        rates.quote_currency as currency_code,
        rates.rate,
        rates.rate_date,
        cast(
            {{ dbt.dateadd(
                'day', 'cast(numbers.generated_number as integer) - 1', 'rates.rate_date'
            ) }} as date
        ) as gaming_date,
        rates.known_from,
        rates.known_to
    from rates
    cross join numbers

),

moments as (

    select
        currency_code,
        gaming_date,
        known_from as known_at
    from candidates
    union
    select
        currency_code,
        gaming_date,
        {{ start_of_time() }} as known_at
    from candidates

),

-- The rate of the latest day that is known at the moment; before that, none.
rates_at_moments as (

    select
        moments.currency_code,
        candidates.rate,
        candidates.rate_date,
        moments.gaming_date,
        moments.known_at
    from moments
    left join candidates
        on
            moments.currency_code = candidates.currency_code
            and moments.gaming_date = candidates.gaming_date
            and moments.known_at >= candidates.known_from
            and moments.known_at < candidates.known_to
    qualify row_number() over (
        partition by moments.currency_code, moments.gaming_date, moments.known_at
        order by candidates.rate_date desc nulls last
    ) = 1

),

-- One unit of the base currency costs one of itself, always: also while the feed is
-- silent.
rates_with_the_base as (

    select * from rates_at_moments
    union all
    select
        'EUR' as currency_code,
        cast(1 as decimal(18, 6)) as rate,
        calendar_date as rate_date,
        calendar_date as gaming_date,
        {{ start_of_time() }} as known_at
    from days

),

rates_versioned as (

    select
        currency_code,
        cast(rate as decimal(18, 6)) as rate,
        rate_date,
        gaming_date,
        known_at as known_from,
        coalesce(
            lead(known_at) over (
                partition by currency_code, gaming_date order by known_at nulls last
            ),
            {{ end_of_time() }}
        ) as known_to
    from rates_with_the_base

)

select * from rates_versioned
