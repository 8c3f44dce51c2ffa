{{ config(materialized='table') }}

with

legs as (

    select * from {{ ref('int_open_legs_standing') }}

),

ways as (

    select * from {{ ref('int_open_systems_played') }}

),

-- A multiple pays when all its legs win. A bet that is decided, or whose lines are not
-- known, pays in any case.
whole_payouts as (

    select
        bet_key,
        event_id,
        currency_code,
        case
            when bet_state = 'alive' and payout_rule <> 'unknown' then sum(leg_bit)
            else 0
        end as leg_set,
        most_payout_amount as payout_amount
    from legs
    where
        bet_state <> 'lost'
        and not (bet_state = 'alive' and payout_rule = 'lines' and line_count > 1)
    group by
        bet_key, event_id, currency_code, bet_state, payout_rule, most_payout_amount

),

-- What a set of winners adds to its subsets, so that the payout of any outcome is the
-- sum over the sets that won (Moebius inversion).
system_payouts as (

    select
        ways.bet_key,
        ways.event_id,
        ways.currency_code,
        ways.leg_set,
        sum(
            part_of_it.payout_amount
            * case
                when mod(ways.leg_count - part_of_it.leg_count, 2) = 0 then 1 else -1
            end
        ) as payout_amount
    from ways
    inner join ways as part_of_it
        on
            ways.bet_key = part_of_it.bet_key
            and ways.event_id = part_of_it.event_id
            and (ways.leg_set & part_of_it.leg_set) = part_of_it.leg_set
    group by ways.bet_key, ways.event_id, ways.currency_code, ways.leg_set

),

payouts as (

    select
        bet_key,
        event_id,
        currency_code,
        cast(leg_set as bigint) as leg_set,
        cast(payout_amount as decimal(18, 2)) as payout_amount
    from whole_payouts
    union all
    select
        bet_key,
        event_id,
        currency_code,
        cast(leg_set as bigint) as leg_set,
        cast(payout_amount as decimal(18, 2)) as payout_amount
    from system_payouts
    where payout_amount <> 0

)

select * from payouts
