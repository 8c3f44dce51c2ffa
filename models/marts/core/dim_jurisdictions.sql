{{ config(materialized='view') }}

with

jurisdictions as (

    select * from {{ ref('jurisdictions') }}

)

select
    jurisdiction,
    jurisdiction_name,
    country_code,
    time_zone,
    regulator,
    source
from jurisdictions
