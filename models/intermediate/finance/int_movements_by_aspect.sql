{#- Each relation is read once, so that a reader's choice of references reaches it. -#}
with

movements as (

    select * from {{ ref('stg_wallet__movements') }}
    where known_to >= {{ end_of_time() }}

),

-- A withdrawal's movements count for what the customer has and for what is put aside.
movement_effects as (

    {% for kind, aspect, sign in [
        ('stake', 'stake', 1),
        ('bonus_stake', 'bonus_stake', 1),
        ('payout', 'payout', 1),
        ('payout_reversal', 'payout', -1),
        ('bonus_refund', 'payout', 1),
        ('bonus_refund_reversal', 'payout', -1),
        ('deposit', 'payment', 1),
        ('chargeback', 'payment', -1),
        ('withdrawal_request', 'payment', -1),
        ('withdrawal_request', 'hold', 1),
        ('withdrawal_paid', 'hold', -1),
        ('withdrawal_returned', 'payment', 1),
        ('withdrawal_returned', 'hold', -1),
        ('bonus_grant', 'bonus', 1),
    ] %}
        select
            '{{ kind }}' as movement_kind,
            '{{ aspect }}' as aspect,
            {{ sign }} as sign
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

movements_by_aspect as (

    select
        movements.movement_key,
        movements.reference_key,
        movements.reference_id,
        movements.customer_id,
        movements.reference_type,
        movement_effects.aspect,
        movements.jurisdiction,
        movements.currency_code,
        movements.movement_kind,
        movements.reference_version,
        cast(movements.movement_amount * movement_effects.sign as decimal(18, 2))
            as moved_amount,
        cast(movements.posted_at as date) as happened_date,
        movements.known_from as known_at
    from movements
    inner join movement_effects
        on movements.movement_kind = movement_effects.movement_kind

)

select * from movements_by_aspect
