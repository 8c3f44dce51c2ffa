{{ config(materialized='table') }}

{#- More joint outcomes than these are not gone through: the event then has a bound. -#}
{%- set most_outcomes = 4096 -%}

with

legs as (

    select * from {{ ref('int_open_legs_standing') }}

),

numbers as (

    {{ dbt.generate_series(most_outcomes) }}

),

selections as (

    select
        event_id,
        market_id,
        selection_id,
        currency_code,
        row_number() over (
            partition by event_id, market_id, currency_code
            order by selection_id nulls last
        ) as outcome_no
    from legs
    where bet_state = 'alive'
    group by event_id, market_id, selection_id, currency_code

),

-- Outcome 0 of a market: none of the backed selections wins.
markets as (

    select
        event_id,
        market_id,
        currency_code,
        max(outcome_no) + 1 as outcome_count
    from selections
    group by event_id, market_id, currency_code

),

-- A joint outcome is a number whose digits, one per market, are the markets' outcomes.
-- Products of small integers are exact in logarithms once rounded.
markets_as_digits as (

    select
        *,
        round(exp(coalesce(sum(ln(outcome_count)) over (
            partition by event_id, currency_code
            order by market_id nulls last
            rows between unbounded preceding and 1 preceding
        ), 0))) as digit_value,
        sum(ln(outcome_count)) over (
            partition by event_id, currency_code
        ) as log_joint_count
    from markets

),

joint_outcomes as (

    select
        markets_as_digits.event_id,
        markets_as_digits.market_id,
        markets_as_digits.currency_code,
        numbers.generated_number - 1 as joint_no,
        mod(
            cast(
                floor((numbers.generated_number - 1) / markets_as_digits.digit_value)
                as bigint
            ),
            markets_as_digits.outcome_count
        ) as outcome_no
    from markets_as_digits
    inner join numbers
        on
            numbers.generated_number <= round(exp(
                least(markets_as_digits.log_joint_count, 30)
            ))
    where markets_as_digits.log_joint_count <= ln({{ most_outcomes }} + 0.5)

),

selections_won as (

    select
        joint_outcomes.event_id,
        joint_outcomes.market_id,
        selections.selection_id,
        joint_outcomes.currency_code,
        joint_outcomes.joint_no
    from joint_outcomes
    left join selections
        on
            joint_outcomes.event_id = selections.event_id
            and joint_outcomes.market_id = selections.market_id
            and joint_outcomes.currency_code = selections.currency_code
            and joint_outcomes.outcome_no = selections.outcome_no

)

select * from selections_won
