with

revenue as (

    select * from {{ ref('int_revenue_priced') }}

),

definitions as (

    select * from {{ ref('revenue_definitions') }}

),

-- Sums are converted, what follows from them is computed: so it adds up in both
-- currencies.
revenue_with_ggr as (

    select
        revenue.*,
        {% for amount in [
            'handle_amount', 'settled_stake_amount', 'payout_amount',
            'bonus_cost_amount', 'duty_amount'
        ] %}
            {{ converted_amount(
                'revenue.' ~ amount, 'revenue.rate', 'revenue.reporting_rate'
            ) }} as reporting_{{ amount }},
        {% endfor %}
        {{ revenue_base("'ggr'", 'revenue.basis', "'stake'", 'revenue') }}
            as ggr_amount,
        case
            when definitions.jurisdiction is not null
                then {{ revenue_base(
                    "'ggr'", 'revenue.basis', 'definitions.bonus_treatment', 'revenue'
                ) }}
        end as regulatory_revenue_amount
    from revenue
    left join definitions
        on
            revenue.jurisdiction = definitions.jurisdiction
            and revenue.gaming_date >= definitions.valid_from
            and revenue.gaming_date < definitions.valid_to

),

revenue_with_reporting_ggr as (

    select
        *,
        case basis
            when 'cash' then reporting_handle_amount
            else reporting_settled_stake_amount
        end - reporting_payout_amount as reporting_ggr_amount
    from revenue_with_ggr

),

versions as (

    select
        jurisdiction,
        currency_code,
        reporting_currency_code,
        product,
        channel,
        basis,
        cast(
            row_number() over (
                partition by
                    jurisdiction, currency_code, product, channel, basis, gaming_date
                order by known_from nulls last
            ) as integer
        ) as version,
        bet_count,
        handle_amount,
        cast(handle_amount - settled_stake_amount as decimal(18, 2))
            as open_stake_amount,
        settled_stake_amount,
        payout_amount,
        cast(ggr_amount as decimal(18, 2)) as ggr_amount,
        bonus_cost_amount,
        duty_amount,
        cast(ggr_amount - bonus_cost_amount - duty_amount as decimal(18, 2))
            as ngr_amount,
        cast(regulatory_revenue_amount as decimal(18, 2)) as regulatory_revenue_amount,
        reporting_handle_amount,
        reporting_settled_stake_amount,
        reporting_payout_amount,
        cast(reporting_ggr_amount as decimal(18, 2)) as reporting_ggr_amount,
        reporting_bonus_cost_amount,
        reporting_duty_amount,
        cast(
            reporting_ggr_amount - reporting_bonus_cost_amount - reporting_duty_amount
            as decimal(18, 2)
        ) as reporting_ngr_amount,
        gaming_date,
        known_from,
        known_to
    from revenue_with_reporting_ggr

)

select * from versions
