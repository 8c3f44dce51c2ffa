with

limit_changes as (

    select * from {{ ref('stg_safer_gambling__limit_changes') }}
    where known_to >= {{ end_of_time() }}

),

test_accounts as (

    select * from {{ ref('rpt_test_accounts') }}

),

requests as (

    select
        limit_changes.*,
        lead(limit_changes.requested_at) over (
            partition by
                limit_changes.customer_id,
                limit_changes.limit_type,
                limit_changes.limit_period
            order by
                limit_changes.requested_at nulls last,
                limit_changes.limit_change_id nulls last
        ) as next_requested_at
    from limit_changes
    left join test_accounts
        on limit_changes.customer_id = test_accounts.customer_id
    where test_accounts.customer_id is null

),

-- A raise or removal is pending until it takes effect; any other request before then
-- takes its place, and a cancellation leaves what was in force.
requests_that_took_effect as (

    select *
    from requests
    where
        action <> 'cancel'
        and (next_requested_at is null or effective_at <= next_requested_at)

),

intervals as (

    select
        limit_change_id,
        customer_id,
        limit_type,
        limit_period,
        currency_code,
        limit_amount,
        effective_at as valid_from,
        coalesce(
            lead(effective_at) over (
                partition by customer_id, limit_type, limit_period
                order by effective_at nulls last, requested_at nulls last
            ),
            {{ end_of_time() }}
        ) as valid_to,
        known_from as known_at
    from requests_that_took_effect

),

limits as (

    select *
    from intervals
    where limit_amount is not null and valid_from < valid_to

)

select * from limits
