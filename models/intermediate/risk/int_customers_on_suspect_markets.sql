{{ config(materialized='table') }}

with

mean_stakes as (

    select * from {{ ref('int_mean_stakes') }}

),

suspect_stakes as (

    select * from {{ ref('int_new_accounts_staked') }}
    where stake_units >= {{ risk_threshold('match_fixing', 'stake_multiple') }}

),

crowded_selections as (

    select
        selection_id,
        count(*) as account_count,
        sum(stake_units) as suspect_units
    from suspect_stakes
    group by selection_id
    having count(*) >= {{ risk_threshold('match_fixing', 'accounts') }}

),

singles as (

    select * from {{ ref('int_legs_timed') }}
    where
        bet_type = 'single'
        and not is_in_play
        and selection_id in (
            select crowded_selections.selection_id from crowded_selections
        )

),

stakes_on_crowded_selections as (

    select
        singles.selection_id,
        sum(singles.stake_amount / mean_stakes.mean_amount) as selection_units
    from singles
    inner join mean_stakes
        on singles.currency_code = mean_stakes.currency_code
    group by singles.selection_id

),

suspect_selections as (

    select
        crowded_selections.selection_id,
        crowded_selections.account_count,
        crowded_selections.suspect_units / stakes.selection_units as stake_share
    from crowded_selections
    inner join stakes_on_crowded_selections as stakes
        on crowded_selections.selection_id = stakes.selection_id
    where
        crowded_selections.suspect_units
        >= stakes.selection_units * {{ risk_threshold('match_fixing', 'share') }}

),

on_suspect_markets as (

    select
        stakes.customer_id,
        stakes.event_id,
        stakes.selection_id,
        suspect_selections.account_count as evidence_count,
        'one of ' || cast(suspect_selections.account_count as varchar(18))
        || ' new accounts with '
        || cast(cast(
            round(100 * suspect_selections.stake_share) as integer
        ) as varchar(18)) || ' % of the stakes on ' || stakes.selection_id as evidence,
        stakes.first_at,
        stakes.last_at
    from suspect_stakes as stakes
    inner join suspect_selections
        on stakes.selection_id = suspect_selections.selection_id

)

select * from on_suspect_markets
