{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
) }}

with

taxable_amounts as (

    select * from {{ ref('int_taxable_amounts_stated') }}
    {% if var('recompute') %}
        where stated_at = $known_at
    {% elif is_incremental() %}
        -- The next statement is set against the last one that was posted.
        where stated_at >= {{ posted_until(this) }}
    {% endif %}

),

taxes as (

    select * from {{ ref('taxes') }}

),

rates as (

    select * from {{ ref('tax_rates') }}

),

-- Each band takes the part of the period that lies in it.
statements as (

    select
        taxable_amounts.tax_id,
        taxable_amounts.base_amount,
        taxable_amounts.taxable_amount,
        sum(
            rates.rate * greatest(
                least(
                    taxable_amounts.taxable_so_far_amount,
                    coalesce(rates.band_to, taxable_amounts.taxable_so_far_amount)
                ) - greatest(
                    taxable_amounts.taxable_so_far_amount
                    - taxable_amounts.taxable_amount,
                    rates.band_from
                ), 0
            )
        ) as unrounded_tax_amount,
        taxable_amounts.period_start_date,
        taxable_amounts.stated_at
    from taxable_amounts
    inner join rates
        on
            taxable_amounts.tax_id = rates.tax_id
            and taxable_amounts.period_start_date >= rates.valid_from
            and taxable_amounts.period_start_date < rates.valid_to
    group by
        taxable_amounts.tax_id, taxable_amounts.base_amount,
        taxable_amounts.taxable_amount, taxable_amounts.taxable_so_far_amount,
        taxable_amounts.period_start_date, taxable_amounts.stated_at

),

{% set before -%}
    over (
            partition by statements.tax_id, statements.period_start_date
            order by statements.stated_at nulls last
        )
{%- endset %}

differences as (

    select
        statements.tax_id,
        taxes.jurisdiction,
        taxes.currency_code,
        {% for amount in ['base_amount', 'taxable_amount', 'unrounded_tax_amount'] %}
            statements.{{ amount }}
            - coalesce(lag(statements.{{ amount }}) {{ before }}, 0) as {{ amount }},
        {% endfor %}
        round(statements.unrounded_tax_amount, 2)
        - round(coalesce(lag(statements.unrounded_tax_amount) {{ before }}, 0), 2)
            as tax_amount,
        statements.period_start_date,
        statements.stated_at as known_at
    from statements
    inner join taxes
        on
            statements.tax_id = taxes.tax_id
            and statements.period_start_date >= taxes.valid_from
            and statements.period_start_date < taxes.valid_to

),

accruals as (

    select
        tax_id,
        jurisdiction,
        currency_code,
        {{ code_revision() }} as code_revision,
        cast(base_amount as decimal(18, 2)) as base_amount,
        cast(taxable_amount as decimal(18, 2)) as taxable_amount,
        cast(tax_amount as decimal(18, 2)) as tax_amount,
        cast(unrounded_tax_amount as decimal(28, 8)) as unrounded_tax_amount,
        period_start_date,
        known_at
    from differences
    where
        (base_amount <> 0 or taxable_amount <> 0 or unrounded_tax_amount <> 0)
        {% if is_incremental() %}
            and known_at > {{ posted_until(this) }}
        {% endif %}

)

select * from accruals
