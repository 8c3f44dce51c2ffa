with

changes as (

    select * from {{ ref('int_revenue_changes_dated') }}

),

{% set amounts = [
    'handle_amount', 'settled_stake_amount', 'payout_amount', 'bonus_handle_amount',
    'bonus_settled_stake_amount', 'bonus_payout_amount', 'bonus_cost_amount'
] -%}

changes_summed as (

    select
        jurisdiction,
        currency_code,
        product,
        channel,
        basis,
        sum(bet_count) as bet_count,
        {% for amount in amounts %}
            sum({{ amount }}) as {{ amount }},
        {% endfor %}
        gaming_date,
        known_at
    from changes
    group by
        jurisdiction, currency_code, product, channel, basis, gaming_date, known_at

),

{% set of_one_figure -%}
    over (
            partition by
                jurisdiction, currency_code, product, channel, basis, gaming_date
            order by known_at nulls last
            rows between unbounded preceding and current row
        )
{%- endset %}

versions as (

    select
        jurisdiction,
        currency_code,
        product,
        channel,
        basis,
        cast(sum(bet_count) {{ of_one_figure }} as bigint) as bet_count,
        {% for amount in amounts %}
            cast(sum({{ amount }}) {{ of_one_figure }} as decimal(18, 2))
                as {{ amount }},
        {% endfor %}
        gaming_date,
        known_at as known_from,
        coalesce(
            lead(known_at) over (
                partition by
                    jurisdiction, currency_code, product, channel, basis, gaming_date
                order by known_at nulls last
            ),
            {{ end_of_time() }}
        ) as known_to
    from changes_summed

)

select * from versions
