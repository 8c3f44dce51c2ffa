-- Only renaming, so that a reader's choice of references reaches the relation below. A
-- withdrawal's movements count for what the customer has and for what waits.
with

movements as (

    select * from {{ ref('stg_wallet__movements') }}
    where known_to = {{ end_of_time() }}

),

movements_by_aspect as (

    {% for aspect, kinds in [
        ('stake', {'stake': 1}),
        ('bonus_stake', {'bonus_stake': 1}),
        ('payout', {
            'payout': 1, 'bonus_refund': 1,
            'payout_reversal': -1, 'bonus_refund_reversal': -1
        }),
        ('payment', {
            'deposit': 1, 'withdrawal_returned': 1,
            'chargeback': -1, 'withdrawal_request': -1
        }),
        ('hold', {
            'withdrawal_request': 1, 'withdrawal_paid': -1, 'withdrawal_returned': -1
        }),
        ('bonus', {'bonus_grant': 1}),
    ] %}
        select
            movement_key,
            reference_key,
            reference_id,
            customer_id,
            reference_type,
            '{{ aspect }}' as aspect,
            jurisdiction,
            currency_code,
            movement_kind,
            reference_version,
            cast(
                movement_amount * case movement_kind
                    {% for kind, sign in kinds.items() %}
                        when '{{ kind }}' then {{ sign }}
                    {% endfor %}
                end as decimal(18, 2)
            ) as moved_amount,
            cast(posted_at as date) as happened_date,
            known_from as known_at
        from movements
        where movement_kind in ({{ "'" ~ kinds | join("', '") ~ "'" }})
        {{ 'union all' if not loop.last }}
    {% endfor %}

)

select * from movements_by_aspect
