with

exclusions as (

    select * from {{ ref('dim_customer_exclusions') }}

),

bets as (

    select * from {{ ref('stg_betting__bets') }}
    where known_to >= {{ end_of_time() }}

),

messages as (

    select * from {{ ref('fct_campaign_messages') }}
    where not is_held_out

),

bets_by_excluded as (

    select
        exclusions.exclusion_id,
        exclusions.customer_id,
        bets.bet_id,
        cast(null as varchar(64)) as send_id,
        'bet' as breach_kind,
        exclusions.exclusion_type,
        bets.placed_at as occurred_at,
        exclusions.first_known_at as exclusion_known_at,
        bets.known_from as known_at
    from exclusions
    inner join bets
        on
            exclusions.customer_id = bets.customer_id
            and exclusions.valid_from <= bets.placed_at
            and exclusions.valid_to > bets.placed_at

),

messages_to_excluded as (

    select
        exclusions.exclusion_id,
        exclusions.customer_id,
        cast(null as varchar(64)) as bet_id,
        messages.send_id,
        'marketing_message' as breach_kind,
        exclusions.exclusion_type,
        messages.sent_at as occurred_at,
        exclusions.first_known_at as exclusion_known_at,
        messages.known_at
    from exclusions
    inner join messages
        on
            exclusions.customer_id = messages.customer_id
            and exclusions.valid_from <= messages.sent_at
            and exclusions.valid_to > messages.sent_at

),

breaches as (

    select * from bets_by_excluded
    union all
    select * from messages_to_excluded

)

select * from breaches
