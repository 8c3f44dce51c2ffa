with

log_ins as (

    select * from {{ source('devices', 'log_ins') }}

),

renamed as (

    select
        log_in_key,
        log_in_id,
        session_id,
        customer_id,
        outcome,
        user_agent_class,
        md5(device_id) as device_pseudonym,
        md5(device_fingerprint) as fingerprint_pseudonym,
        md5(ip_address) as network_pseudonym,
        md5(address_hash) as home_pseudonym,
        revision,
        logged_in_at,
        logged_out_at,
        recorded_at,
        first_known_at,
        known_at as known_from,
        coalesce(replaced_at, {{ end_of_time() }}) as known_to
    from log_ins

)

select * from renamed
