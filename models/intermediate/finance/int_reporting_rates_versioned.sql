with

fx_rates as (

    select * from {{ ref('int_fx_rates_versioned') }}

),

reporting_currencies as (

    select * from {{ ref('reporting_currencies') }}

),

rates_of_both_currencies as (

    select
        fx_rates.currency_code,
        reporting_currencies.currency_code as reporting_currency_code,
        fx_rates.rate,
        reporting_rates.rate as reporting_rate,
        fx_rates.gaming_date,
        greatest(fx_rates.known_from, reporting_rates.known_from) as known_from,
        least(fx_rates.known_to, reporting_rates.known_to) as known_to
    from fx_rates
    inner join reporting_currencies
        on
            fx_rates.gaming_date >= reporting_currencies.valid_from
            and fx_rates.gaming_date < reporting_currencies.valid_to
    inner join fx_rates as reporting_rates
        on
            reporting_currencies.currency_code = reporting_rates.currency_code
            and fx_rates.gaming_date = reporting_rates.gaming_date
            and fx_rates.known_from < reporting_rates.known_to
            and fx_rates.known_to > reporting_rates.known_from

)

select * from rates_of_both_currencies
