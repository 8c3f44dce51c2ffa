with

changes as (

    select * from {{ ref('fct_revenue_changes') }}

),

changes_by_basis as (

    {% for basis, gaming_date, earned in [
        ('placed', 'placed_date', 'settled_stake_amount'),
        ('settled', 'effective_date', 'settled_stake_amount'),
        ('cash', 'effective_date', 'handle_amount')
    ] %}
        select
            jurisdiction,
            currency_code,
            product,
            channel,
            '{{ basis }}' as basis,
            cause,
            bet_count,
            handle_amount,
            handle_amount - settled_stake_amount as open_stake_amount,
            settled_stake_amount,
            payout_amount,
            {{ earned }} - payout_amount as ggr_amount,
            bonus_handle_amount,
            bonus_settled_stake_amount,
            bonus_payout_amount,
            bonus_cost_amount,
            placed_date,
            effective_date,
            {{ gaming_date }} as gaming_date,
            known_at
        from changes
        {{ 'union all' if not loop.last }}
    {% endfor %}

)

select * from changes_by_basis
