with

leg_results as (

    select * from {{ source('betting', 'bet_settlements__leg_results') }}

),

renamed as (

    select
        bet_key,
        result as leg_result,
        settlement_version,
        leg_no,
        revision,
        void_factor,
        dead_heat_factor,
        known_at
    from leg_results

)

select * from renamed
