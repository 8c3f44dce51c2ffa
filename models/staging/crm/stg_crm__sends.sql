with

sends as (

    select * from {{ source('crm', 'sends') }}

),

renamed as (

    select
        send_id,
        campaign_id,
        customer_id,
        delivery_status,
        revision,
        sent_at,
        recorded_at,
        first_known_at,
        known_at as known_from,
        coalesce(replaced_at, {{ end_of_time() }}) as known_to
    from sends

)

select * from renamed
