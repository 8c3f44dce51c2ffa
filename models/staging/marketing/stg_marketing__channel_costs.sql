with

channel_costs as (

    select * from {{ source('marketing', 'channel_costs') }}

),

renamed as (

    select
        marketing_channel,
        campaign_code,
        currency_code,
        revision,
        impression_count,
        click_count,
        cost_amount,
        cost_date,
        recorded_at,
        first_known_at,
        known_at as known_from,
        coalesce(replaced_at, {{ end_of_time() }}) as known_to
    from channel_costs

)

select * from renamed
