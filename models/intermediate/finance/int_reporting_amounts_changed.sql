{%- set amounts = ['handle_amount', 'settled_stake_amount', 'payout_amount'] -%}
{%- set key = [
    'jurisdiction', 'currency_code', 'product', 'channel', 'basis', 'gaming_date',
    'known_at'
] -%}

with

versions as (

    select * from {{ ref('int_reporting_amounts_versioned') }}

),

-- The causes of one load are added one after the other, each at the rates known before,
-- so that their rounded effects sum up to the effect of all.
changes_so_far as (

    select
        {{ key | join(', ') }},
        {% for amount in amounts %}
            sum({{ amount }}) as {{ amount }},
            sum(sum({{ amount }})) over (
                partition by {{ key | join(', ') }}
                order by cause nulls last
                rows between unbounded preceding and current row
            ) as {{ amount }}_so_far,
        {% endfor %}
        cause
    from {{ ref('int_revenue_changes_dated') }}
    where cause <> 'bonus_cost'
    group by {{ key | join(', ') }}, cause

),

changes_at_rates_before as (

    select
        changes_so_far.*,
        {% for amount in amounts %}
            versions.{{ amount }}_before,
        {% endfor %}
        versions.rate_before,
        versions.reporting_rate_before
    from changes_so_far
    inner join versions
        on
            changes_so_far.jurisdiction = versions.jurisdiction
            and changes_so_far.currency_code = versions.currency_code
            and changes_so_far.product = versions.product
            and changes_so_far.channel = versions.channel
            and changes_so_far.basis = versions.basis
            and changes_so_far.gaming_date = versions.gaming_date
            and changes_so_far.known_at = versions.known_at

),

effects as (

    select
        {{ key | join(', ') }},
        {% for amount in amounts %}
            {% set after = amount ~ '_before + ' ~ amount ~ '_so_far' %}
            coalesce({{ converted_amount(
                'cast(' ~ after ~ ' as decimal(18, 2))',
                'rate_before', 'reporting_rate_before'
            ) }}, 0)
            - coalesce({{ converted_amount(
                'cast(' ~ after ~ ' - ' ~ amount ~ ' as decimal(18, 2))',
                'rate_before', 'reporting_rate_before'
            ) }}, 0) as {{ amount }},
        {% endfor %}
        cause
    from changes_at_rates_before
    union all
    select
        {{ key | join(', ') }},
        {% for amount in amounts %}
            {{ amount }}_rate_effect as {{ amount }},
        {% endfor %}
        'fx_correction' as cause
    from versions

),

reporting_amounts as (

    select
        jurisdiction,
        currency_code,
        product,
        channel,
        basis,
        cause,
        handle_amount as reporting_handle_amount,
        case basis
            when 'cash' then handle_amount else settled_stake_amount
        end - payout_amount as reporting_ggr_amount,
        gaming_date,
        known_at
    from effects

)

select * from reporting_amounts
where reporting_handle_amount <> 0 or reporting_ggr_amount <> 0
