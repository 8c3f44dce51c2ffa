{{ config(materialized='view') }}
{%- set key = ['filing_id', 'jurisdiction', 'currency_code', 'line_item', 'measure'] %}

with

figures as (

    select * from {{ ref('int_filed_figures_compared') }}

),

changes as (

    select * from {{ ref('fct_filing_changes') }}

),

filings as (

    select * from {{ ref('stg_filings__filings') }}

),

thresholds as (

    select * from {{ ref('materiality_thresholds') }}

),

-- The figures come from the marts and the causes from the ledger: if they disagree, the
-- rest is unexplained.
changes_and_the_rest as (

    select
        {{ key | join(', ') }},
        cause,
        amount,
        known_at
    from changes
    {% for cause, amount, relation in [
        ('code_change', 'stated_again_amount - filed_amount', 'figures'),
        ('unexplained', 'known_amount - stated_again_amount', 'figures'),
        ('unexplained', '-amount', 'changes')
    ] %}
        union all
        select
            {{ key | join(', ') }},
            '{{ cause }}' as cause,
            {{ amount }} as amount,
            cast(null as timestamp) as known_at
        from {{ relation }}
    {% endfor %}

),

causes_summed as (

    select
        {{ key | join(', ') }},
        cause,
        sum(amount) as amount,
        max(known_at) as known_at
    from changes_and_the_rest
    group by {{ key | join(', ') }}, cause

),

restatements as (

    select
        causes_summed.filing_id,
        filings.report,
        filings.period,
        causes_summed.jurisdiction,
        causes_summed.currency_code,
        causes_summed.line_item,
        causes_summed.measure,
        causes_summed.cause,
        figures.filed_amount,
        figures.known_amount,
        cast(figures.known_amount - figures.filed_amount as decimal(18, 2))
            as difference_amount,
        cast(causes_summed.amount as decimal(18, 2)) as restated_amount,
        filings.is_standing,
        abs(figures.known_amount - figures.filed_amount)
        >= greatest(
            thresholds.least_amount,
            thresholds.least_share * abs(figures.filed_amount)
        ) as is_material,
        causes_summed.known_at
    from causes_summed
    inner join figures
        on
            causes_summed.filing_id = figures.filing_id
            and causes_summed.jurisdiction = figures.jurisdiction
            and causes_summed.currency_code = figures.currency_code
            and causes_summed.line_item = figures.line_item
            and causes_summed.measure = figures.measure
    inner join filings
        on causes_summed.filing_id = filings.filing_id
    left join thresholds
        on
            filings.report = thresholds.report
            and filings.known_at >= thresholds.valid_from
            and filings.known_at < thresholds.valid_to
    where causes_summed.amount <> 0

)

select * from restatements
