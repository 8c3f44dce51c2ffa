with

sessions as (

    select * from {{ ref('stg_product_events__sessions') }}
    where known_to >= {{ end_of_time() }}

),

events_counted as (

    select * from {{ ref('int_session_events_counted') }}

),

test_accounts as (

    select * from {{ ref('rpt_test_accounts') }}

),

sessions_of_customers as (

    select
        sessions.session_id,
        sessions.customer_id,
        sessions.channel,
        sessions.app_version,
        events_counted.page_view_count,
        events_counted.slip_add_count,
        events_counted.slip_remove_count,
        events_counted.bet_count,
        sessions.started_at,
        sessions.ended_at,
        sessions.known_from as known_at
    from sessions
    inner join events_counted
        on
            sessions.session_key = events_counted.session_key
            and sessions.revision = events_counted.revision
    left join test_accounts
        on sessions.customer_id = test_accounts.customer_id
    where test_accounts.customer_id is null

)

select * from sessions_of_customers
