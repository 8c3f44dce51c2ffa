{%- set figures = ['handle', 'settled_stake', 'payout'] -%}

with

changes as (

    select * from {{ ref('fct_revenue_changes') }}
    where cause <> 'bonus_cost'

),

versions as (

    select * from {{ ref('int_reporting_amounts_versioned') }}

),

figures_by_basis as (

    {% for basis, gaming_date in [
        ('placed', 'placed_date'),
        ('settled', 'effective_date'),
        ('cash', 'effective_date')
    ] %}
        {% set is_last_basis = loop.last %}
        {% for figure in figures %}
            select
                jurisdiction,
                currency_code,
                product,
                channel,
                '{{ basis }}' as basis,
                '{{ figure }}' as figure,
                cause,
                sum({{ figure }}_amount) as amount,
                {{ gaming_date }} as gaming_date,
                known_at
            from changes
            group by
                jurisdiction, currency_code, product, channel, cause,
                {{ gaming_date }}, known_at
            {{ 'union all' if not (loop.last and is_last_basis) }}
        {% endfor %}
    {% endfor %}

),

-- The causes of one load are added one after the other, each at the rates known before,
-- so that their rounded effects sum up to the effect of all.
figures_so_far as (

    select
        figures_by_basis.*,
        versions.rate_before,
        versions.reporting_rate_before,
        versions.amount_before + sum(figures_by_basis.amount) over (
            partition by
                figures_by_basis.jurisdiction, figures_by_basis.currency_code,
                figures_by_basis.product, figures_by_basis.channel,
                figures_by_basis.basis, figures_by_basis.figure,
                figures_by_basis.gaming_date, figures_by_basis.known_at
            order by figures_by_basis.cause nulls last
            rows between unbounded preceding and current row
        ) as amount_so_far
    from figures_by_basis
    inner join versions
        on
            figures_by_basis.jurisdiction = versions.jurisdiction
            and figures_by_basis.currency_code = versions.currency_code
            and figures_by_basis.product = versions.product
            and figures_by_basis.channel = versions.channel
            and figures_by_basis.basis = versions.basis
            and figures_by_basis.figure = versions.figure
            and figures_by_basis.gaming_date = versions.gaming_date
            and figures_by_basis.known_at = versions.known_at

),

effects as (

    select
        jurisdiction,
        currency_code,
        product,
        channel,
        basis,
        figure,
        cause,
        coalesce({{ converted_amount(
            'cast(amount_so_far as decimal(18, 2))',
            'rate_before', 'reporting_rate_before'
        ) }}, 0)
        - coalesce({{ converted_amount(
            'cast(amount_so_far - amount as decimal(18, 2))',
            'rate_before', 'reporting_rate_before'
        ) }}, 0) as amount,
        gaming_date,
        known_at
    from figures_so_far
    union all
    select
        jurisdiction,
        currency_code,
        product,
        channel,
        basis,
        figure,
        'fx_correction' as cause,
        rate_effect_amount as amount,
        gaming_date,
        known_at
    from versions
    where rate_effect_amount <> 0

)

select * from effects
