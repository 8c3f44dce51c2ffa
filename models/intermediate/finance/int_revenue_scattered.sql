with

projected as (

    select * from {{ ref('int_revenue_projected') }}

),

-- Of the final days of which something was still open, eight in ten lay between low and
-- high, in units of their scatter; a little more than that, for of the next days
-- (n - 1) / (n + 1) times as many lie between two percentiles of n. The middle, unlike
-- the mean, does not follow one payout as large as a month.
scatter as (

    select
        jurisdiction,
        currency_code,
        age_days,
        as_of_at,
        count(*) as final_day_count,
        sum(case when scatter_scale > 0 then 1 else 0 end) as open_day_count,
        {% for name, share in [('low', 0.09), ('middle', 0.5), ('high', 0.91)] %}
            percentile_cont({{ share }}) within group (
                order by (ggr_that_came - ggr_ahead) / nullif(scatter_scale, 0)
            ) as {{ name }}_scatter{% if not loop.last %},{% endif %}
        {% endfor %}
    from projected
    where ggr_that_came is not null
    group by jurisdiction, currency_code, age_days, as_of_at

)

select * from scatter
