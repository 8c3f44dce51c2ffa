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

scatter as (

    select * from {{ ref('int_revenue_scattered') }}

),

days_with_their_scatter as (

    select
        aged.jurisdiction,
        aged.currency_code,
        aged.age_days,
        aged.handle_amount,
        aged.settled_stake_amount,
        cast(
            aged.settled_stake_amount / nullif(aged.handle_amount, 0) as decimal(9, 4)
        ) as settled_share,
        aged.ggr_amount,
        projected.ggr_ahead,
        projected.scatter_scale,
        {% for name in ['low', 'middle', 'high'] %}
            scatter.{{ name }}_scatter,
        {% endfor %}
        -- A day of which nothing is open is judged by all days.
        coalesce(
            case
                when projected.scatter_scale > 0 then scatter.open_day_count
                else scatter.final_day_count
            end, 0
        ) as final_day_count,
        aged.gaming_date,
        aged.as_of_at
    from aged
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

outlooks as (

    select
        days_with_their_scatter.*,
        {% for name in ['low', 'middle', 'high'] %}
            case
                when days_with_their_scatter.final_day_count < rules.minimum_days
                    then null
                when days_with_their_scatter.scatter_scale > 0
                    then cast(
                        days_with_their_scatter.ggr_ahead
                        + days_with_their_scatter.{{ name }}_scatter
                        * days_with_their_scatter.scatter_scale
                        as decimal(18, 2)
                    )
                else cast(0 as decimal(18, 2))
            end as {{ name }}_change_amount{% if not loop.last %},{% endif %}
        {% endfor %}
    from days_with_their_scatter
    cross join rules

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
