with

channel_costs as (

    select * from {{ ref('stg_marketing__channel_costs') }}

),

statements as (

    select
        marketing_channel,
        campaign_code,
        currency_code,
        revision,
        impression_count,
        click_count,
        cost_amount,
        known_to >= {{ end_of_time() }} as is_current,
        cost_date,
        known_from,
        known_to
    from channel_costs

)

select * from statements
