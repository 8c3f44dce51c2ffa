{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
) }}

with

legs as (

    select * from {{ ref('stg_betting__bet_legs') }}
    {% if is_incremental() %}
        where
            known_at > (
                select coalesce(max(posted.first_known_at), {{ start_of_time() }})
                from {{ this }} as posted
            )
    {% endif %}

),

selections as (

    select
        event_id,
        market_id,
        selection_id,
        min(known_at) as first_known_at
    from legs
    group by event_id, market_id, selection_id

)

select selections.*
from selections
{% if is_incremental() %}
    left join {{ this }} as known_selections
        on
            selections.event_id = known_selections.event_id
            and selections.market_id = known_selections.market_id
            and selections.selection_id = known_selections.selection_id
    where known_selections.selection_id is null
{% endif %}
