with

bet_settlements as (

    select * from {{ source('betting', 'bet_settlements') }}

),

renamed as (

    select
        bet_key,
        settlement_id,
        bet_id,
        settlement_status,
        reason_code,
        settlement_version,
        revision,
        settled_stake_amount,
        payout_amount,
        settled_at,
        recorded_at,
        first_known_at,
        known_at as known_from,
        coalesce(replaced_at, {{ end_of_time() }}) as known_to
    from bet_settlements

)

select * from renamed
