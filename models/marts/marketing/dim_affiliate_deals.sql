with

affiliate_deals as (

    select * from {{ ref('stg_marketing__affiliate_deals') }}
    where known_to >= {{ end_of_time() }}

),

terms as (

    select
        deal_id,
        affiliate_id,
        deal_type,
        currency_code,
        cpa_amount,
        revenue_share_rate,
        valid_from,
        coalesce(valid_to, cast('9999-12-31' as date)) as valid_to,
        known_from as known_at
    from affiliate_deals

)

select * from terms
