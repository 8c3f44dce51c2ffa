{{ config(materialized='view') }}

with

changes as (

    select * from {{ ref('fct_revenue_changes') }}

),

movements as (

    select
        jurisdiction,
        currency_code,
        sum(handle_amount) as handle_amount,
        sum(settled_stake_amount) as settled_stake_amount,
        effective_date as gaming_date
    from changes
    group by jurisdiction, currency_code, effective_date

),

{% set so_far -%}
    over (
            partition by jurisdiction, currency_code order by gaming_date nulls last
            rows between unbounded preceding and current row
        )
{%- endset %}

balances as (

    select
        jurisdiction,
        currency_code,
        cast(
            sum(handle_amount - settled_stake_amount) {{ so_far }}
            - handle_amount + settled_stake_amount as decimal(18, 2)
        ) as opening_stake_amount,
        cast(handle_amount as decimal(18, 2)) as handle_amount,
        cast(settled_stake_amount as decimal(18, 2)) as settled_stake_amount,
        cast(
            sum(handle_amount - settled_stake_amount) {{ so_far }} as decimal(18, 2)
        ) as closing_stake_amount,
        gaming_date
    from movements

)

select * from balances
