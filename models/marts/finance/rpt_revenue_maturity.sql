with

aged as (

    select * from {{ ref('int_revenue_aged') }}
    where
        age_days = age_now_days
        and not is_final

),

projected as (

    select * from {{ ref('int_revenue_projected') }}

),

rules as (

    select * from {{ ref('maturity_rules') }}

),

-- Eight final days in ten lay between low and high, in units of their scatter. The
-- middle, unlike the mean, does not follow one payout as large as a month.
scatter as (

    select
        jurisdiction,
        currency_code,
        age_days,
        as_of_at,
        count(*) as final_day_count,
        {% for name, share in [('low', 0.1), ('middle', 0.5), ('high', 0.9)] %}
            percentile_cont({{ share }}) within group (
                order by (ggr_that_came - ggr_ahead) / nullif(scatter_scale, 0)
            ) as {{ name }}_scatter{% if not loop.last %},{% endif %}
        {% endfor %}
    from projected
    where ggr_that_came is not null
    group by jurisdiction, currency_code, age_days, as_of_at

),

outlooks as (

    select
        aged.jurisdiction,
        aged.currency_code,
        aged.age_days,
        coalesce(scatter.final_day_count, 0) as final_day_count,
        aged.handle_amount,
        aged.settled_stake_amount,
        cast(
            aged.settled_stake_amount / nullif(aged.handle_amount, 0) as decimal(9, 4)
        ) as settled_share,
        aged.ggr_amount,
        {% for name in ['low', 'middle', 'high'] %}
            case
                when scatter.final_day_count >= rules.minimum_days
                    then cast(
                        projected.ggr_ahead
                        + scatter.{{ name }}_scatter * projected.scatter_scale
                        as decimal(18, 2)
                    )
            end as {{ name }}_change_amount,
        {% endfor %}
        aged.gaming_date,
        aged.as_of_at
    from aged
    cross join rules
    left join projected
        on
            aged.as_of_at = projected.as_of_at
            and aged.jurisdiction = projected.jurisdiction
            and aged.currency_code = projected.currency_code
            and aged.gaming_date = projected.gaming_date
            and aged.age_days = projected.age_days
    left join scatter
        on
            aged.as_of_at = scatter.as_of_at
            and aged.jurisdiction = scatter.jurisdiction
            and aged.currency_code = scatter.currency_code
            and aged.age_days = scatter.age_days

),

maturity as (

    select
        jurisdiction,
        currency_code,
        age_days,
        cast(final_day_count as bigint) as final_day_count,
        handle_amount,
        settled_stake_amount,
        settled_share,
        ggr_amount,
        middle_change_amount as expected_change_amount,
        low_change_amount,
        high_change_amount,
        cast(ggr_amount + middle_change_amount as decimal(18, 2))
            as expected_ggr_amount,
        gaming_date,
        as_of_at
    from outlooks

)

select * from maturity
