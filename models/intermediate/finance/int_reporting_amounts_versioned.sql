{%- set figures = ['handle', 'settled_stake', 'payout'] -%}
{%- set of_one_figure -%}
    over (
            partition by
                jurisdiction,
                currency_code,
                product,
                channel,
                basis,
                figure,
                gaming_date
            order by known_at nulls last
        )
{%- endset -%}

with

revenue as (

    select * from {{ ref('int_revenue_priced') }}

),

figures as (

    {% for figure in figures %}
        select
            jurisdiction,
            currency_code,
            product,
            channel,
            basis,
            '{{ figure }}' as figure,
            {{ figure }}_amount as amount,
            rate,
            reporting_rate,
            gaming_date,
            known_from as known_at
        from revenue
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- The first version has no rate before it; its own then does for both.
versions as (

    select
        *,
        coalesce(lag(amount) {{ of_one_figure }}, 0) as amount_before,
        case
            when row_number() {{ of_one_figure }} = 1 then rate
            else lag(rate) {{ of_one_figure }}
        end as rate_before,
        case
            when row_number() {{ of_one_figure }} = 1 then reporting_rate
            else lag(reporting_rate) {{ of_one_figure }}
        end as reporting_rate_before
    from figures

),

-- Without a rate, an amount in reporting currency is not known and counts as nothing.
versions_with_the_effect_of_rates as (

    select
        *,
        coalesce({{ converted_amount('amount', 'rate', 'reporting_rate') }}, 0)
        - coalesce(
            {{ converted_amount('amount', 'rate_before', 'reporting_rate_before') }}, 0
        ) as rate_effect_amount
    from versions

)

select * from versions_with_the_effect_of_rates
