{{ config(materialized='view') }}

with

changes as (

    select * from {{ ref('fct_revenue_changes') }}

),

settled_revenue as (

    select * from {{ ref('rpt_daily_revenue_versions') }}
    where basis = 'settled'

),

cash_flows as (

    select
        jurisdiction,
        currency_code,
        sum(handle_amount) as handle_amount,
        sum(settled_stake_amount) as settled_stake_amount,
        sum(payout_amount) as payout_amount,
        effective_date as gaming_date,
        known_at
    from changes
    group by jurisdiction, currency_code, effective_date, known_at

),

{% set of_one_day -%}
    over (
            partition by jurisdiction, currency_code, gaming_date
            order by known_at nulls last
            rows between unbounded preceding and current row
        )
{%- endset %}

cash_flows_accumulated as (

    select
        jurisdiction,
        currency_code,
        sum(handle_amount) {{ of_one_day }} as handle_amount,
        sum(settled_stake_amount) {{ of_one_day }} as settled_stake_amount,
        sum(payout_amount) {{ of_one_day }} as payout_amount,
        gaming_date,
        known_at as known_from,
        coalesce(
            lead(known_at) over (
                partition by jurisdiction, currency_code, gaming_date
                order by known_at nulls last
            ),
            {{ end_of_time() }}
        ) as known_to
    from cash_flows

),

-- The two sides are kept by different relations, so they can disagree.
bridge as (

    select
        cash_flows_accumulated.jurisdiction,
        cash_flows_accumulated.currency_code,
        cast(cash_flows_accumulated.handle_amount as decimal(18, 2)) as handle_amount,
        cast(cash_flows_accumulated.payout_amount as decimal(18, 2)) as payout_amount,
        cast(
            cash_flows_accumulated.handle_amount - cash_flows_accumulated.payout_amount
            as decimal(18, 2)
        ) as cash_ggr_amount,
        settled_revenue.open_stake_amount as open_stake_change_amount,
        settled_revenue.ggr_amount as settled_ggr_amount,
        cast(
            cash_flows_accumulated.handle_amount
            - cash_flows_accumulated.payout_amount
            - settled_revenue.open_stake_amount
            - settled_revenue.ggr_amount as decimal(18, 2)
        ) as residual_amount,
        cast(
            cash_flows_accumulated.handle_amount
            - cash_flows_accumulated.settled_stake_amount
            - settled_revenue.open_stake_amount as decimal(18, 2)
        ) as handle_residual_amount,
        cash_flows_accumulated.gaming_date,
        cash_flows_accumulated.known_from,
        cash_flows_accumulated.known_to
    from cash_flows_accumulated
    left join settled_revenue
        on
            cash_flows_accumulated.jurisdiction = settled_revenue.jurisdiction
            and cash_flows_accumulated.currency_code = settled_revenue.currency_code
            and cash_flows_accumulated.gaming_date = settled_revenue.gaming_date
            and cash_flows_accumulated.known_from >= settled_revenue.known_from
            and cash_flows_accumulated.known_from < settled_revenue.known_to

)

select * from bridge
