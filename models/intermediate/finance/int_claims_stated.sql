-- Only renaming, so that a reader's choice of references reaches the relations below.
with

entries as (

    select * from {{ ref('fct_bet_ledger_entries') }}

),

payments as (

    select * from {{ ref('stg_payments__payments') }}
    where known_to = {{ end_of_time() }}

),

bonus_states as (

    select * from {{ ref('stg_bonuses__bonus_states') }}
    where
        known_to = {{ end_of_time() }}
        and state_version = 1

),

-- Each version of a payment's state has a movement of its own.
payment_effects as (

    select
        *,
        case
            when payment_type = 'deposit'
                then
                    case payment_status
                        when 'completed' then 1
                        when 'charged_back' then -1
                        else 0
                    end
            when payment_status = 'pending' then -1
            when payment_status in ('cancelled', 'failed') then 1
            else 0
        end as cash_sign,
        case
            when payment_type = 'deposit' then 0
            when payment_status = 'pending' then 1
            else -1
        end as hold_sign
    from payments

),

{% set claimants = [
    ('entries', 'bet', 'bet_key', 'bet_id', 'effective_date', 'known_at', [
        ('stake', 'handle_amount - bonus_handle_amount'),
        ('bonus_stake', 'bonus_handle_amount'),
        ('payout', 'payout_amount'),
    ]),
    ('payment_effects', 'payment', 'payment_key', 'payment_id',
        'cast(status_at as date)', 'known_from', [
        ('payment', 'cash_sign * payment_amount'),
        ('hold', 'hold_sign * payment_amount'),
    ]),
    ('bonus_states', 'bonus', 'bonus_key', 'bonus_id', 'cast(granted_at as date)',
        'known_from', [('bonus', 'granted_amount')]),
] -%}

claims as (

    {% for relation, type, key, id, day, known_at, aspects in claimants %}
        {% for aspect, amount in aspects %}
            select
                {{ key }} as reference_key,
                {{ id }} as reference_id,
                customer_id,
                '{{ type }}' as reference_type,
                '{{ aspect }}' as aspect,
                jurisdiction,
                currency_code,
                cast({{ amount }} as decimal(18, 2)) as claimed_amount,
                {{ day }} as happened_date,
                {{ known_at }} as known_at
            from {{ relation }}
            {{ 'union all' if not loop.last }}
        {% endfor %}
        {{ 'union all' if not loop.last }}
    {% endfor %}

)

select * from claims
