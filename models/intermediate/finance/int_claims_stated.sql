{#- Each relation is read once, so that a reader's choice of references reaches it. -#}
with

entries as (

    select * from {{ ref('fct_bet_ledger_entries') }}

),

payments as (

    select * from {{ ref('stg_payments__payments') }}
    where known_to >= {{ end_of_time() }}

),

bonus_states as (

    select * from {{ ref('stg_bonuses__bonus_states') }}
    where
        known_to >= {{ end_of_time() }}
        and state_version = 1

),

bet_aspects as (

    select 'stake' as aspect
    union all
    select 'bonus_stake' as aspect
    union all
    select 'payout' as aspect

),

-- What each state of a payment does to cash and to what is put aside for a withdrawal;
-- each version of the state has a movement of its own.
payment_effects as (

    {% for type, status, aspect, sign in [
        ('deposit', 'completed', 'payment', 1),
        ('deposit', 'charged_back', 'payment', -1),
        ('withdrawal', 'pending', 'payment', -1),
        ('withdrawal', 'pending', 'hold', 1),
        ('withdrawal', 'completed', 'hold', -1),
        ('withdrawal', 'cancelled', 'payment', 1),
        ('withdrawal', 'cancelled', 'hold', -1),
        ('withdrawal', 'failed', 'payment', 1),
        ('withdrawal', 'failed', 'hold', -1),
    ] %}
        select
            '{{ type }}' as payment_type,
            '{{ status }}' as payment_status,
            '{{ aspect }}' as aspect,
            {{ sign }} as sign
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

claims as (

    select
        entries.bet_key as reference_key,
        entries.bet_id as reference_id,
        entries.customer_id,
        'bet' as reference_type,
        bet_aspects.aspect,
        entries.jurisdiction,
        entries.currency_code,
        cast(
            case bet_aspects.aspect
                when 'stake' then entries.handle_amount - entries.bonus_handle_amount
                when 'bonus_stake' then entries.bonus_handle_amount
                else entries.payout_amount
            end as decimal(18, 2)
        ) as claimed_amount,
        entries.effective_date as happened_date,
        entries.known_at
    from entries
    cross join bet_aspects
    union all
    select
        payments.payment_key as reference_key,
        payments.payment_id as reference_id,
        payments.customer_id,
        'payment' as reference_type,
        payment_effects.aspect,
        payments.jurisdiction,
        payments.currency_code,
        cast(payments.payment_amount * payment_effects.sign as decimal(18, 2))
            as claimed_amount,
        cast(payments.status_at as date) as happened_date,
        payments.known_from as known_at
    from payments
    inner join payment_effects
        on
            payments.payment_type = payment_effects.payment_type
            and payments.payment_status = payment_effects.payment_status
    union all
    select
        bonus_key as reference_key,
        bonus_id as reference_id,
        customer_id,
        'bonus' as reference_type,
        'bonus' as aspect,
        jurisdiction,
        currency_code,
        granted_amount as claimed_amount,
        cast(granted_at as date) as happened_date,
        known_from as known_at
    from bonus_states

)

select * from claims
