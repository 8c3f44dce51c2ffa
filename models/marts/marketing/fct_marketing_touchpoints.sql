with

touchpoints as (

    select * from {{ ref('stg_marketing__touchpoints') }}
    where known_to >= {{ end_of_time() }}

),

test_accounts as (

    select * from {{ ref('rpt_test_accounts') }}

),

touchpoints_in_order as (

    select
        touchpoints.touchpoint_id,
        touchpoints.customer_id,
        touchpoints.affiliate_id,
        touchpoints.marketing_channel,
        touchpoints.campaign_code,
        cast(
            row_number() over (
                partition by touchpoints.customer_id
                order by
                    touchpoints.touched_at nulls last,
                    touchpoints.touchpoint_id nulls last
            ) as integer
        ) as touch_no,
        cast(
            count(*) over (partition by touchpoints.customer_id) as integer
        ) as touch_count,
        touchpoints.touched_at,
        touchpoints.known_from as known_at
    from touchpoints
    left join test_accounts
        on touchpoints.customer_id = test_accounts.customer_id
    where test_accounts.customer_id is null

)

select * from touchpoints_in_order
