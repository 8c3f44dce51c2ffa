with

bonus_states as (

    select * from {{ source('bonuses', 'bonus_states') }}

),

renamed as (

    select
        bonus_key,
        bonus_id,
        customer_id,
        promotion_id,
        jurisdiction,
        currency_code,
        bonus_status,
        state_version,
        revision,
        granted_amount,
        wagering_required_amount,
        wagered_amount,
        granted_at,
        expires_at,
        state_at,
        recorded_at,
        first_known_at,
        known_at as known_from,
        coalesce(replaced_at, {{ end_of_time() }}) as known_to
    from bonus_states

)

select * from renamed
