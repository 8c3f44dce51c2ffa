{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
) }}

with

jurisdictions as (

    select * from {{ ref('jurisdictions') }}

),

-- A movement counts from the load that brings it until the one that corrects it. Read
-- where it is used, so that an increment skips to its loads.
signed_movements as (

    select
        *,
        movement_amount as signed_amount,
        case when revision > 1 then 'correction' else 'movement' end as cause,
        known_from as posted_at_load
    from {{ ref('stg_wallet__movements') }}
    {% if var('recompute') %}
        where posted_at >= $from_at and posted_at < $until_at
    {% elif is_incremental() %}
        where known_from > {{ posted_until(this) }}
    {% endif %}
    union all
    select
        *,
        -movement_amount as signed_amount,
        'correction' as cause,
        known_to as posted_at_load
    from {{ ref('stg_wallet__movements') }}
    where
        known_to < {{ end_of_time() }}
        {% if var('recompute') %}
            and posted_at >= $from_at and posted_at < $until_at
        {% elif is_incremental() %}
            and known_to > {{ posted_until(this) }}
        {% endif %}

),

funds as (

    select
        signed_movements.customer_id,
        signed_movements.jurisdiction,
        signed_movements.currency_code,
        signed_movements.cause,
        {% for amount, account in [
            ('cash_amount', 'customer_cash'),
            ('bonus_amount', 'customer_bonus'),
            ('pending_withdrawal_amount', 'pending_withdrawals')
        ] %}
            cast(
                sum(
                    case '{{ account }}'
                        when signed_movements.credit_account
                            then signed_movements.signed_amount
                        when signed_movements.debit_account
                            then -signed_movements.signed_amount
                        else 0
                    end
                ) as decimal(18, 2)
            ) as {{ amount }},
        {% endfor %}
        cast(signed_movements.posted_at as date) as balance_date,
        {{ local_date('signed_movements.posted_at', 'jurisdictions.time_zone') }}
            as gaming_date,
        signed_movements.posted_at_load as known_at
    from signed_movements
    inner join jurisdictions
        on signed_movements.jurisdiction = jurisdictions.jurisdiction
    group by
        signed_movements.customer_id,
        signed_movements.jurisdiction,
        signed_movements.currency_code,
        signed_movements.cause,
        cast(signed_movements.posted_at as date),
        {{ local_date('signed_movements.posted_at', 'jurisdictions.time_zone') }},
        signed_movements.posted_at_load

)

select * from funds
