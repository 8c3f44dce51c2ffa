with

consent_changes as (

    select * from {{ ref('stg_crm__consent_changes') }}
    where known_to >= {{ end_of_time() }}

),

test_accounts as (

    select * from {{ ref('rpt_test_accounts') }}

),

intervals as (

    select
        consent_changes.consent_change_id,
        consent_changes.customer_id,
        consent_changes.channel,
        consent_changes.captured_by,
        consent_changes.is_granted,
        consent_changes.changed_at as valid_from,
        coalesce(
            lead(consent_changes.changed_at) over (
                partition by consent_changes.customer_id, consent_changes.channel
                order by
                    consent_changes.changed_at nulls last,
                    consent_changes.consent_change_id nulls last
            ),
            {{ end_of_time() }}
        ) as valid_to,
        consent_changes.known_from as known_at
    from consent_changes
    left join test_accounts
        on consent_changes.customer_id = test_accounts.customer_id
    where test_accounts.customer_id is null

),

consents as (

    select *
    from intervals
    where valid_from < valid_to

)

select * from consents
