{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='suspension_id',
    on_schema_change='append_new_columns',
) }}

with

suspensions as (

    select * from {{ ref('stg_trading__suspensions') }}
    where
        known_to >= {{ end_of_time() }}
        {% if is_incremental() %}
            and known_from > {{ posted_until(this) }}
        {% endif %}

),

suspensions_as_known as (

    select
        suspension_id,
        event_id,
        market_id,
        reason,
        suspended_at,
        resumed_at,
        known_from as known_at
    from suspensions

)

select * from suspensions_as_known
