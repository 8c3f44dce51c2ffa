with

affiliate_deals as (

    select * from {{ source('marketing', 'affiliate_deals') }}

),

renamed as (

    select
        deal_id,
        affiliate_id,
        deal_type,
        currency_code,
        revision,
        cpa_amount,
        revenue_share_rate,
        valid_from,
        valid_to,
        recorded_at,
        first_known_at,
        known_at as known_from,
        coalesce(replaced_at, {{ end_of_time() }}) as known_to
    from affiliate_deals

)

select * from renamed
