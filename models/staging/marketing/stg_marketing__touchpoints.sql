with

touchpoints as (

    select * from {{ source('marketing', 'touchpoints') }}

),

renamed as (

    select
        touchpoint_id,
        customer_id,
        affiliate_id,
        marketing_channel,
        campaign_code,
        revision,
        touched_at,
        recorded_at,
        first_known_at,
        known_at as known_from,
        coalesce(replaced_at, {{ end_of_time() }}) as known_to
    from touchpoints

)

select * from renamed
