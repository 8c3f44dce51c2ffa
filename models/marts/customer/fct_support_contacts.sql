with

contacts as (

    select * from {{ ref('stg_support__contacts') }}
    where known_to >= {{ end_of_time() }}

),

test_accounts as (

    select * from {{ ref('rpt_test_accounts') }}

),

contacts_of_customers as (

    select
        contacts.contact_id,
        contacts.customer_id,
        contacts.channel,
        contacts.topic,
        contacts.satisfaction_score,
        {{ dbt.datediff(
            'contacts.opened_at', 'contacts.first_response_at', 'minute'
        ) }} as minutes_to_response,
        contacts.closed_at is null as is_open,
        contacts.opened_at,
        contacts.first_response_at,
        contacts.closed_at,
        contacts.known_from as known_at
    from contacts
    left join test_accounts
        on contacts.customer_id = test_accounts.customer_id
    where test_accounts.customer_id is null

)

select * from contacts_of_customers
