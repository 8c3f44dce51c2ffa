with

open_bets as (

    select * from {{ ref('fct_open_bets') }}

),

bet_states as (

    select * from {{ ref('int_open_bets_valued') }}

),

legs as (

    select * from {{ ref('int_open_legs_expected') }}

),

files as (

    select * from {{ ref('stg_ingestion__files') }}

),

-- Age is measured at the last load, not by the clock: same loads, same page.
last_load as (

    select max(known_at) as known_at from files

),

-- A multiple can be settled with its first lost leg, all else with its last leg.
legs_summed_to_bets as (

    select
        bet_key,
        min(case when leg_state = 'lost' then expected_at end) as lost_at,
        max(expected_at) as expected_at,
        sum(case when leg_state = 'undecided' and not is_event_known then 1 else 0 end)
            as unknown_count
    from legs
    group by bet_key

),

bets_with_expectation as (

    select
        open_bets.bet_id,
        open_bets.customer_id,
        open_bets.jurisdiction,
        open_bets.currency_code,
        open_bets.bet_type,
        bet_states.bet_state,
        case
            when bet_states.bet_state <> 'alive' then 'result_known'
            when legs_summed_to_bets.unknown_count > 0 then 'event_unknown'
            else 'result_missing'
        end as reason,
        open_bets.open_stake_amount,
        open_bets.placed_at,
        case
            when bet_states.bet_state = 'lost' and bet_states.payout_rule = 'whole'
                then legs_summed_to_bets.lost_at
            else legs_summed_to_bets.expected_at
        end as expected_at,
        last_load.known_at as asked_at
    from open_bets
    inner join bet_states
        on open_bets.bet_key = bet_states.bet_key
    inner join legs_summed_to_bets
        on open_bets.bet_key = legs_summed_to_bets.bet_key
    cross join last_load

),

overdue_bets as (

    select
        bet_id,
        customer_id,
        jurisdiction,
        currency_code,
        bet_type,
        bet_state,
        reason,
        -- Not the hours that began in between, which two minutes can do.
        cast(floor(
            {{ dbt.datediff('expected_at', 'asked_at', 'second') }}
            / 3600
        ) as bigint) as overdue_hours,
        open_stake_amount,
        placed_at,
        expected_at
    from bets_with_expectation
    where expected_at < asked_at

)

select * from overdue_bets
