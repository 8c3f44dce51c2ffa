with

revenue as (

    select * from {{ ref('int_revenue_versioned') }}

),

reporting_rates as (

    select * from {{ ref('int_reporting_rates_versioned') }}

),

duty_rates as (

    select * from {{ ref('int_duty_rates_versioned') }}

),

-- What is known of the figures and of the rates changes at different moments.
revenue_with_rates as (

    select
        revenue.jurisdiction,
        revenue.currency_code,
        reporting_rates.reporting_currency_code,
        revenue.product,
        revenue.channel,
        revenue.basis,
        revenue.bet_count,
        revenue.handle_amount,
        revenue.settled_stake_amount,
        revenue.payout_amount,
        revenue.bonus_handle_amount,
        revenue.bonus_settled_stake_amount,
        revenue.bonus_payout_amount,
        revenue.bonus_cost_amount,
        reporting_rates.rate,
        reporting_rates.reporting_rate,
        revenue.gaming_date,
        greatest(
            revenue.known_from,
            coalesce(reporting_rates.known_from, revenue.known_from)
        ) as known_from,
        least(
            revenue.known_to, coalesce(reporting_rates.known_to, revenue.known_to)
        ) as known_to
    from revenue
    left join reporting_rates
        on
            revenue.currency_code = reporting_rates.currency_code
            and revenue.gaming_date = reporting_rates.gaming_date
            and revenue.known_from < reporting_rates.known_to
            and revenue.known_to > reporting_rates.known_from

),

revenue_with_duties as (

    select
        revenue_with_rates.jurisdiction,
        revenue_with_rates.currency_code,
        revenue_with_rates.reporting_currency_code,
        revenue_with_rates.product,
        revenue_with_rates.channel,
        revenue_with_rates.basis,
        revenue_with_rates.bet_count,
        revenue_with_rates.handle_amount,
        revenue_with_rates.settled_stake_amount,
        revenue_with_rates.payout_amount,
        revenue_with_rates.bonus_handle_amount,
        revenue_with_rates.bonus_settled_stake_amount,
        revenue_with_rates.bonus_payout_amount,
        revenue_with_rates.bonus_cost_amount,
        cast(
            round(
                {% for base in ['ggr', 'handle', 'stake', 'bet'] %}
                    {% for treatment in ['stake', 'excluded'] %}
                        ({{ revenue_base(
                            "'" ~ base ~ "'",
                            'revenue_with_rates.basis',
                            "'" ~ treatment ~ "'",
                            'revenue_with_rates'
                        ) }}) * coalesce(duty_rates.{{ base }}_{{ treatment }}_rate, 0)
                        +
                    {% endfor %}
                {% endfor %}
                0, 2
            ) as decimal(18, 2)
        ) as duty_amount,
        revenue_with_rates.rate,
        revenue_with_rates.reporting_rate,
        revenue_with_rates.gaming_date,
        greatest(
            revenue_with_rates.known_from,
            coalesce(duty_rates.known_from, revenue_with_rates.known_from)
        ) as known_from,
        least(
            revenue_with_rates.known_to,
            coalesce(duty_rates.known_to, revenue_with_rates.known_to)
        ) as known_to
    from revenue_with_rates
    left join duty_rates
        on
            revenue_with_rates.jurisdiction = duty_rates.jurisdiction
            and revenue_with_rates.gaming_date = duty_rates.gaming_date
            and revenue_with_rates.known_from < duty_rates.known_to
            and revenue_with_rates.known_to > duty_rates.known_from

)

select * from revenue_with_duties
