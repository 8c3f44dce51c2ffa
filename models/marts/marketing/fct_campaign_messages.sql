with

sends as (

    select * from {{ ref('stg_crm__sends') }}
    where known_to >= {{ end_of_time() }}

),

responses as (

    select * from {{ ref('stg_crm__responses') }}
    where known_to >= {{ end_of_time() }}

),

test_accounts as (

    select * from {{ ref('rpt_test_accounts') }}

),

responses_summed_to_sends as (

    select
        send_id,
        cast(count(*) as bigint) as response_count,
        min(case when response_type = 'open' then responded_at end) as first_opened_at,
        min(case when response_type = 'click' then responded_at end)
            as first_clicked_at
    from responses
    group by send_id

),

messages as (

    select
        sends.send_id,
        sends.campaign_id,
        sends.customer_id,
        sends.delivery_status,
        coalesce(responses_summed_to_sends.response_count, 0) as response_count,
        sends.delivery_status = 'held_out' as is_held_out,
        sends.sent_at,
        responses_summed_to_sends.first_opened_at,
        responses_summed_to_sends.first_clicked_at,
        sends.known_from as known_at
    from sends
    left join responses_summed_to_sends
        on sends.send_id = responses_summed_to_sends.send_id
    left join test_accounts
        on sends.customer_id = test_accounts.customer_id
    where test_accounts.customer_id is null

)

select * from messages
