{%- set amounts = ['handle_amount', 'settled_stake_amount', 'payout_amount'] -%}
{%- set of_one_figure -%}
    over (
            partition by
                jurisdiction, currency_code, product, channel, basis, gaming_date
            order by known_from nulls last
        )
{%- endset -%}

with

revenue as (

    select * from {{ ref('int_revenue_priced') }}

),

-- The first version has no rate before it; its own then does for both.
versions as (

    select
        *,
        {% for amount in amounts %}
            coalesce(lag({{ amount }}) {{ of_one_figure }}, 0) as {{ amount }}_before,
        {% endfor %}
        {% for rate in ['rate', 'reporting_rate'] %}
            case
                when row_number() {{ of_one_figure }} = 1 then {{ rate }}
                else lag({{ rate }}) {{ of_one_figure }}
            end as {{ rate }}_before,
        {% endfor %}
        known_from as known_at
    from revenue

),

-- Without a rate, an amount in reporting currency is not known and counts as nothing.
versions_with_the_effect_of_rates as (

    select
        jurisdiction,
        currency_code,
        product,
        channel,
        basis,
        {% for amount in amounts %}
            {{ amount }}_before,
            coalesce({{ converted_amount(amount, 'rate', 'reporting_rate') }}, 0)
            - coalesce({{ converted_amount(
                amount, 'rate_before', 'reporting_rate_before'
            ) }}, 0) as {{ amount }}_rate_effect,
        {% endfor %}
        rate_before,
        reporting_rate_before,
        gaming_date,
        known_at
    from versions

)

select * from versions_with_the_effect_of_rates
