{{ config(materialized='view') }}

with

rates as (

    select * from {{ ref('int_fx_rates_versioned') }}

)

select
    currency_code,
    rate,
    rate_date,
    gaming_date,
    known_from,
    known_to
from rates
where rate is not null
