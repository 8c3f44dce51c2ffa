"""What the simulator's cast did, set against the signals of Risk: queries."""

# A rule is judged by the accounts of its plot. An account of another plot is no
# innocent, yet counts against the rule's precision; a household is an innocent that
# looks like a ring.
SIGNALS = """
    with plots(kind, rule_name) as (
        values ('multi_account_rings', 'multi_account'), ('late_bets', 'late_bets'),
            ('courtsiding', 'courtsiding'), ('arbitrage', 'arbitrage'),
            ('match_fixing', 'match_fixing'), ('velocity', 'velocity'),
            ('minimal_play', 'minimal_play'), ('bonus_abuse', 'bonus_abuse')
    ),
    accounts as (
        select distinct kind, is_fraud, customer_id from planted_labels
        where item_type = 'account'
    ),
    found as (select distinct rule_name, customer_id from risk.rpt_risk_signals),
    planted as (
        select rule_name, customer_id from accounts join plots using (kind)
        where is_fraud
        union
        select 'any rule', customer_id from accounts where is_fraud
    ),
    judged as (
        select * from found union select 'any rule', customer_id from found
    ),
    verdicts as (
        select
            rule_name, customer_id, planted.customer_id is not null as is_planted,
            judged.customer_id is not null as is_found,
            customer_id in (select customer_id from accounts where is_fraud)
                as is_fraud,
            customer_id in (select customer_id from accounts where not is_fraud)
                as is_lookalike
        from planted full join judged using (rule_name, customer_id)
    )
    select
        rule_name,
        count(*) filter (is_planted) as planted,
        count(*) filter (is_planted and is_found) as found,
        count(*) filter (is_found and not is_planted and is_fraud) as of_other_plots,
        count(*) filter (is_found and is_lookalike) as lookalikes,
        count(*) filter (is_found and not is_fraud) as false_alarms,
        cast(count(*) filter (is_planted and is_found)
            / nullif(count(*) filter (is_found), 0) as decimal(4, 3)) as precision,
        cast(count(*) filter (is_planted and is_found)
            / nullif(count(*) filter (is_planted), 0) as decimal(4, 3)) as recall
    from verdicts group by rule_name order by rule_name = 'any rule', rule_name
"""

# Delivered: of what was planted, what a load has brought. Unconfirmed: rows that say
# themselves that the end of a suspension is missing; they raise no signal.
CASES = """
    with delivered as (
        select distinct bets.bet_id, legs.event_id, legs.market_id
        from staging.stg_betting__bets as bets
        join staging.stg_betting__bet_legs as legs using (bet_key)
    ),
    cases(case_kind, case_id, said_by) as (
        select kind, item_id, 'planted' from planted_labels
        where kind = 'late_bets' and item_type = 'bet'
        union all
        select 'late_bets', bet_id, 'found' from risk.rpt_late_bets
        union all
        select 'late_bets', bet_id, 'unconfirmed' from risk.rpt_late_bets
        where not is_confirmed
        union all
        select 'fixed_events', event_id, 'planted'
        from planted_labels join delivered on item_id = bet_id
        where kind = 'match_fixing' and item_type = 'bet'
        union all
        select 'fixed_events', event_id, 'found' from risk.rpt_event_risk_scores
        where reasons like '%match_fixing%'
        union all
        select 'rings', min(labels.customer_id), 'planted'
        from planted_labels as labels
        where kind = 'multi_account_rings' and item_type = 'account' group by label_id
        union all
        select distinct 'rings', case_id, 'found' from risk.rpt_risk_signals
        where rule_name = 'multi_account'
        union all
        select 'late_bets', bet_id, 'delivered' from delivered
        union all
        select distinct 'fixed_events', event_id, 'delivered' from delivered
        union all
        select distinct 'rings', customer_id, 'delivered'
        from staging.stg_customers__profiles
    ),
    verdicts as (
        select
            case_kind, case_id, bool_or(said_by = 'planted') as is_planted,
            bool_or(said_by = 'delivered') as is_delivered,
            bool_or(said_by = 'found') as is_found,
            bool_or(said_by = 'unconfirmed') as is_unconfirmed
        from cases group by case_kind, case_id
    )
    select
        case_kind,
        count(*) filter (is_planted) as planted,
        count(*) filter (is_planted and is_delivered) as delivered,
        count(*) filter (is_planted and is_found) as found,
        count(*) filter (is_found and not is_planted and not is_unconfirmed)
            as false_alarms,
        count(*) filter (is_unconfirmed) as unconfirmed,
        count(*) filter (is_unconfirmed and is_planted) as unconfirmed_planted
    from verdicts where is_planted or is_found group by case_kind order by case_kind
"""
