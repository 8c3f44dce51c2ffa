{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
) }}
{%- set amounts = [
    'handle_amount', 'settled_stake_amount', 'payout_amount', 'bonus_handle_amount',
    'bonus_settled_stake_amount', 'bonus_payout_amount'
] -%}
{%- set version_before -%}
    over (partition by bet_key, known_at order by settlement_version nulls last)
{%- endset %}

-- What changes a bet after its first postings: later versions, versions out of order,
-- corrections, test accounts. At each moment at which such a bet changed, its whole
-- statement is set against the one before, and the difference is posted.
-- depends_on: {{ ref('int_bets_changed') }}, {{ ref('int_bets_restatable') }}
with

-- Of the few bets that changed, those with nothing to restate post nothing; to sort
-- them out beforehand would cost a look at all of history.
bets_to_look_at as (

    {% if var('recompute') %}
        select recomputed_bets.bet_key from recomputed_bets
    {% elif is_incremental() %}
        select bet_key from {{ ref('int_bets_changed') }}
        where known_at > {{ posted_until(this) }}
    {% else %}
        select bet_key from {{ ref('int_bets_restatable') }}
    {% endif %}

),

bets as (

    select * from {{ ref('int_bets_versioned') }}
    where bet_key in (select bets_to_look_at.bet_key from bets_to_look_at)

),

settlements as (

    select * from {{ ref('stg_betting__settlements') }}
    where bet_key in (select bets.bet_key from bets)

),

-- The placement is version 0: nothing settled yet.
versions as (

    select
        bet_key,
        cast(null as {{ dbt.type_string() }}) as settlement_status,
        cast(null as {{ dbt.type_string() }}) as reason_code,
        0 as settlement_version,
        revision,
        cast(0 as decimal(18, 2)) as settled_stake_amount,
        cast(0 as decimal(18, 2)) as payout_amount,
        cast(null as timestamp) as settled_at,
        first_known_at,
        known_from,
        known_to
    from bets
    union all
    select
        bet_key,
        settlement_status,
        reason_code,
        settlement_version,
        revision,
        settled_stake_amount,
        payout_amount,
        settled_at,
        first_known_at,
        known_from,
        known_to
    from settlements

),

moments as (

    select
        bet_key,
        known_from as known_at,
        max(case when revision > 1 then 1 else 0 end) as correction_count
    from versions
    group by bet_key, known_from
    union
    select
        bet_key,
        known_to as known_at,
        0 as correction_count
    from bets
    where known_to < {{ end_of_time() }}

),

moments_with_the_next as (

    select
        bet_key,
        known_at,
        max(correction_count) as correction_count,
        lead(known_at) over (
            partition by bet_key order by known_at nulls last
        ) as next_known_at,
        lead(max(correction_count)) over (
            partition by bet_key order by known_at nulls last
        ) as next_correction_count
    from moments
    group by bet_key, known_at

),

statements as (

    select
        moments_with_the_next.known_at,
        moments_with_the_next.next_known_at,
        moments_with_the_next.correction_count,
        moments_with_the_next.next_correction_count,
        bets.bet_key,
        bets.bet_id,
        bets.customer_id,
        bets.jurisdiction,
        bets.currency_code,
        bets.channel,
        bets.is_in_play,
        bets.placed_date,
        versions.settlement_status,
        versions.reason_code,
        versions.settlement_version,
        1 as bet_count,
        bets.stake_amount as handle_amount,
        bets.bonus_stake_amount as bonus_handle_amount,
        versions.settled_stake_amount,
        versions.payout_amount,
        coalesce(
            {{ local_date('versions.settled_at', 'bets.time_zone') }}, bets.placed_date
        ) as effective_date,
        bets.is_from_test_account
        and moments_with_the_next.known_at = bets.known_from as is_counted_again,
        bets.is_until_test_account
        and moments_with_the_next.next_known_at = bets.known_to as is_test_next,
        moments_with_the_next.known_at
        = greatest(versions.first_known_at, bets.first_known_at) as has_just_appeared,
        {{ prorated_amount(
            'versions.settled_stake_amount',
            'bets.bonus_stake_amount',
            'bets.stake_amount'
        ) }} as bonus_settled_stake_amount,
        {{ prorated_amount(
            'versions.payout_amount', 'bets.bonus_stake_amount', 'bets.stake_amount'
        ) }} as bonus_payout_amount
    from moments_with_the_next
    inner join bets
        on
            moments_with_the_next.bet_key = bets.bet_key
            and moments_with_the_next.known_at >= bets.known_from
            and moments_with_the_next.known_at < bets.known_to
    inner join versions
        on
            moments_with_the_next.bet_key = versions.bet_key
            and moments_with_the_next.known_at >= versions.known_from
            and moments_with_the_next.known_at < versions.known_to

),

-- What each version adds to its predecessor, as stated at that moment.
steps as (

    select
        *,
        {% for measure in ['bet_count'] + amounts %}
            {{ measure }} - coalesce(lag({{ measure }}) {{ version_before }}, 0)
                as {{ measure }}_step,
        {% endfor %}
        coalesce(
            lag(settlement_status) {{ version_before }}
            not in ('rolled_back', 'partially_cashed_out'), false
        ) as is_settled_before
    from statements

),

-- A step is posted when it is stated and taken back at the next moment; what did not
-- change cancels out. First versions were posted when they appeared.
signed_steps as (

    select
        *,
        1 as sign,
        known_at as posted_at,
        case
            when has_just_appeared
                then {{ settlement_cause(
                    'settlement_status', 'is_settled_before', 'reason_code'
                ) }}
            when is_counted_again then 'test_account'
            when correction_count > 0 then 'correction'
            else 'late_version'
        end as cause,
        has_just_appeared as is_news
    from steps
    where not (has_just_appeared and settlement_version <= 1)
    union all
    select
        *,
        -1 as sign,
        next_known_at as posted_at,
        case
            when is_test_next then 'test_account'
            when next_correction_count > 0 then 'correction'
            else 'late_version'
        end as cause,
        false as is_news
    from steps
    where next_known_at is not null

),

restatements as (

    select
        bet_key,
        bet_id,
        customer_id,
        jurisdiction,
        currency_code,
        channel,
        coalesce(max(case when is_news then cause end), max(cause)) as cause,
        settlement_status,
        settlement_version,
        cast(sum(sign * bet_count_step) as integer) as bet_count,
        {% for amount in amounts %}
            cast(sum(sign * {{ amount }}_step) as decimal(18, 2)) as {{ amount }},
        {% endfor %}
        is_in_play,
        placed_date,
        effective_date,
        posted_at as known_at
    from signed_steps
    {% if is_incremental() %}
        where posted_at > {{ posted_until(this) }}
    {% endif %}
    group by
        bet_key, bet_id, customer_id, jurisdiction, currency_code, channel,
        settlement_status, settlement_version, is_in_play, placed_date, effective_date,
        posted_at

)

select * from restatements
where
    bet_count <> 0
    {% for amount in amounts %}
        or {{ amount }} <> 0
    {% endfor %}
