with

wallet_balances as (

    select * from {{ source('wallet', 'wallet_balances') }}

),

renamed as (

    select
        customer_id,
        jurisdiction,
        currency_code,
        revision,
        cash_balance_amount,
        bonus_balance_amount,
        pending_withdrawal_amount,
        balance_date,
        balance_at,
        recorded_at,
        first_known_at,
        known_at as known_from,
        coalesce(replaced_at, {{ end_of_time() }}) as known_to
    from wallet_balances

)

select * from renamed
