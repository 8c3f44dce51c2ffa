with

campaigns as (

    select * from {{ ref('stg_crm__campaigns') }}
    where known_to >= {{ end_of_time() }}

),

current_campaigns as (

    select
        campaign_id,
        promotion_id,
        campaign_name,
        channel,
        purpose,
        holdout_share,
        starts_at,
        ends_at,
        known_from as known_at
    from campaigns

)

select * from current_campaigns
