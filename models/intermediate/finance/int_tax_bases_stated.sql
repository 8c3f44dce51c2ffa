with

bases as (

    select
        tax_id,
        currency_code,
        tax_currency_code,
        base,
        sum(base_amount) as base_amount,
        gaming_date,
        period_start_date,
        known_at
    from {{ ref('int_tax_bases_posted') }}
    group by
        tax_id, currency_code, tax_currency_code, base, gaming_date, period_start_date,
        known_at

),

fx_rates as (

    select * from {{ ref('int_fx_rates_versioned') }}

),

backfills as (

    select * from {{ ref('stg_ingestion__backfills') }}

),

-- A period's base can change when figures or rates become known, its tax with rules.
moments as (

    select known_at as stated_at from bases
    union
    select known_from as stated_at from fx_rates
    where known_from > {{ start_of_time() }}
    union
    select known_at as stated_at from backfills

),

bases_at_moments as (

    select
        bases.tax_id,
        bases.currency_code,
        bases.tax_currency_code,
        bases.base,
        sum(bases.base_amount) as base_amount,
        bases.gaming_date,
        bases.period_start_date,
        moments.stated_at
    from moments
    inner join bases
        on moments.stated_at >= bases.known_at
    group by
        bases.tax_id,
        bases.currency_code,
        bases.tax_currency_code,
        bases.base,
        bases.gaming_date,
        bases.period_start_date,
        moments.stated_at

),

-- Each day is converted at its own rate, as known at the moment.
bases_in_tax_currency as (

    select
        bases_at_moments.tax_id,
        bases_at_moments.period_start_date,
        bases_at_moments.stated_at,
        case
            when
                bases_at_moments.base = 'bet'
                or bases_at_moments.currency_code = bases_at_moments.tax_currency_code
                then cast(bases_at_moments.base_amount as decimal(18, 2))
            else {{ converted_amount(
                'cast(bases_at_moments.base_amount as decimal(18, 2))',
                'bet_rates.rate',
                'tax_rates.rate'
            ) }}
        end as base_amount
    from bases_at_moments
    left join fx_rates as bet_rates
        on
            bases_at_moments.currency_code = bet_rates.currency_code
            and bases_at_moments.gaming_date = bet_rates.gaming_date
            and bases_at_moments.stated_at >= bet_rates.known_from
            and bases_at_moments.stated_at < bet_rates.known_to
    left join fx_rates as tax_rates
        on
            bases_at_moments.tax_currency_code = tax_rates.currency_code
            and bases_at_moments.gaming_date = tax_rates.gaming_date
            and bases_at_moments.stated_at >= tax_rates.known_from
            and bases_at_moments.stated_at < tax_rates.known_to

),

bases_summed_to_periods as (

    select
        tax_id,
        cast(sum(base_amount) as decimal(18, 2)) as base_amount,
        period_start_date,
        stated_at
    from bases_in_tax_currency
    group by tax_id, period_start_date, stated_at

)

select * from bases_summed_to_periods
