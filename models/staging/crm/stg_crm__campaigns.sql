with

campaigns as (

    select * from {{ source('crm', 'campaigns') }}

),

renamed as (

    select
        campaign_id,
        promotion_id,
        campaign_name,
        channel,
        purpose,
        revision,
        holdout_share,
        starts_at,
        ends_at,
        recorded_at,
        first_known_at,
        known_at as known_from,
        coalesce(replaced_at, {{ end_of_time() }}) as known_to
    from campaigns

)

select * from renamed
