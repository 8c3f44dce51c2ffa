{#- The measures of rpt_filing_versions, as sums of the ledger's columns. -#}
{%- set measures = {
    'bet_count': 'bet_count',
    'handle_amount': 'handle_amount',
    'open_stake_amount': 'handle_amount - settled_stake_amount',
    'settled_stake_amount': 'settled_stake_amount',
    'payout_amount': 'payout_amount',
    'ggr_amount': 'earned_amount - payout_amount',
    'reporting_handle_amount': 'reporting_handle_amount',
    'reporting_ggr_amount': 'reporting_ggr_amount'
} -%}

with

filings as (

    select * from {{ ref('stg_filings__filings') }}
    where report in ('daily_revenue', 'monthly_revenue')

),

changes as (

    select * from {{ ref('fct_revenue_changes') }}

),

reporting_amounts as (

    select * from {{ ref('int_reporting_amounts_changed') }}

),

changes_by_basis as (

    {% for basis, gaming_date, earned in [
        ('placed', 'placed_date', 'settled_stake_amount'),
        ('settled', 'effective_date', 'settled_stake_amount'),
        ('cash', 'effective_date', 'handle_amount')
    ] %}
        select
            jurisdiction,
            currency_code,
            '{{ basis }}' as basis,
            cause,
            bet_count,
            handle_amount,
            settled_stake_amount,
            payout_amount,
            {{ earned }} as earned_amount,
            0 as reporting_handle_amount,
            0 as reporting_ggr_amount,
            {{ gaming_date }} as gaming_date,
            known_at
        from changes
        union all
    {% endfor %}
    select
        jurisdiction,
        currency_code,
        basis,
        cause,
        0 as bet_count,
        0 as handle_amount,
        0 as settled_stake_amount,
        0 as payout_amount,
        0 as earned_amount,
        case when figure = 'handle' then amount else 0 end as reporting_handle_amount,
        case
            when figure = 'payout' then -amount
            when (figure = 'handle') = (basis = 'cash') then amount
            else 0
        end as reporting_ggr_amount,
        gaming_date,
        known_at
    from reporting_amounts

),

changes_after_filing as (

    select
        filings.filing_id,
        changes_by_basis.*
    from filings
    inner join changes_by_basis
        on
            filings.period_start_date <= changes_by_basis.gaming_date
            and filings.period_end_date >= changes_by_basis.gaming_date
            and filings.known_at < changes_by_basis.known_at

),

changes_by_measure as (

    {% for measure, expression in measures.items() %}
        select
            filing_id,
            jurisdiction,
            currency_code,
            basis as line_item,
            '{{ measure }}' as measure,
            cause,
            sum({{ expression }}) as amount,
            known_at
        from changes_after_filing
        group by filing_id, jurisdiction, currency_code, basis, cause, known_at
        {{ 'union all' if not loop.last }}
    {% endfor %}

)

select * from changes_by_measure
where amount <> 0
