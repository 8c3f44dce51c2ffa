{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
) }}

with

events as (

    select * from {{ ref('stg_product_events__session_events') }}
    {% if is_incremental() %}
        where known_at > {{ posted_until(this) }}
    {% endif %}

),

events_counted as (

    select
        session_key,
        revision,
        cast(sum(case when event_type = 'page_view' then 1 else 0 end) as integer)
            as page_view_count,
        cast(sum(case when event_type = 'slip_add' then 1 else 0 end) as integer)
            as slip_add_count,
        cast(sum(case when event_type = 'slip_remove' then 1 else 0 end) as integer)
            as slip_remove_count,
        cast(sum(case when event_type = 'bet_placed' then 1 else 0 end) as integer)
            as bet_count,
        known_at
    from events
    group by session_key, revision, known_at

)

select * from events_counted
