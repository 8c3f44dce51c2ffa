{{ config(materialized='view') }}

with

accruals as (

    select * from {{ ref('fct_tax_accruals') }}

),

{% set of_one_period -%}
    over (
            partition by tax_id, period_start_date order by known_at nulls last
            rows between unbounded preceding and current row
        )
{%- endset %}

accruals_accumulated as (

    select
        tax_id,
        jurisdiction,
        currency_code,
        row_number() over (
            partition by tax_id, period_start_date order by known_at nulls last
        ) as version,
        sum(base_amount) {{ of_one_period }} as base_amount,
        sum(taxable_amount) {{ of_one_period }} as taxable_amount,
        sum(tax_amount) {{ of_one_period }} as tax_amount,
        sum(unrounded_tax_amount) {{ of_one_period }} as unrounded_tax_amount,
        period_start_date,
        known_at as known_from,
        lead(known_at) over (
            partition by tax_id, period_start_date order by known_at nulls last
        ) as known_to
    from accruals

),

versions as (

    select
        tax_id,
        jurisdiction,
        currency_code,
        cast(version as integer) as version,
        cast(base_amount as decimal(18, 2)) as base_amount,
        cast(taxable_amount as decimal(18, 2)) as taxable_amount,
        cast(tax_amount as decimal(18, 2)) as tax_amount,
        cast(
            case
                when base_amount > 0
                    then round(
                        cast(unrounded_tax_amount as double precision)
                        / cast(base_amount as double precision), 8
                    )
                else 0
            end as decimal(12, 8)
        ) as effective_rate,
        period_start_date,
        known_from,
        coalesce(known_to, {{ end_of_time() }}) as known_to
    from accruals_accumulated

)

select * from versions
