{%- set key = [
    'filing_id', 'jurisdiction', 'currency_code', 'line_item', 'cause', 'known_at'
] -%}

with

filings as (

    select * from {{ ref('stg_filings__filings') }}
    where report in ('daily_revenue', 'monthly_revenue')

),

changes as (

    select * from {{ ref('int_revenue_changes_dated') }}

),

reporting_amounts as (

    select * from {{ ref('int_reporting_amounts_changed') }}

),

{% for relation in ['changes', 'reporting_amounts'] %}
    {{ relation }}_after_filing as (

        select
            filings.filing_id,
            {{ relation }}.*,
            {{ relation }}.basis as line_item
        from filings
        inner join {{ relation }}
            on
                filings.period_start_date <= {{ relation }}.gaming_date
                and filings.period_end_date >= {{ relation }}.gaming_date
                and filings.known_at < {{ relation }}.known_at

    ),
{% endfor %}

changes_by_measure as (

    {{ figures_of('changes_after_filing', key, [
        'bet_count', 'handle_amount', 'open_stake_amount', 'settled_stake_amount',
        'payout_amount', 'ggr_amount'
    ]) }}
    union all
    {{ figures_of('reporting_amounts_after_filing', key, [
        'reporting_handle_amount', 'reporting_ggr_amount'
    ]) }}

)

select * from changes_by_measure
where amount <> 0
