{{ config(materialized='view') }}

with

log_ins as (

    select * from {{ ref('stg_devices__log_ins') }}
    where known_to >= {{ end_of_time() }}

),

test_accounts as (

    select * from {{ ref('rpt_test_accounts') }}

),

log_ins_of_customers as (

    select
        log_ins.log_in_id,
        log_ins.session_id,
        log_ins.customer_id,
        log_ins.outcome,
        log_ins.user_agent_class,
        log_ins.device_pseudonym,
        log_ins.fingerprint_pseudonym,
        log_ins.network_pseudonym,
        log_ins.home_pseudonym,
        log_ins.logged_in_at,
        log_ins.logged_out_at,
        log_ins.known_from as known_at
    from log_ins
    left join test_accounts
        on log_ins.customer_id = test_accounts.customer_id
    where test_accounts.customer_id is null

)

select * from log_ins_of_customers
