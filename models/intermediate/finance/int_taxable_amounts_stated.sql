with

bases as (

    select * from {{ ref('int_tax_bases_stated') }}

),

taxes as (

    select * from {{ ref('taxes') }}

),

{% set so_far -%}
    over (
            partition by bases.tax_id, bases.stated_at
            order by bases.period_start_date nulls last
            rows between unbounded preceding and current row
        )
{%- endset %}

bases_accumulated as (

    select
        bases.tax_id,
        taxes.loss_relief,
        -- Where periods stand alone, each is its own tier year.
        case
            when taxes.tier_start_month is null then bases.period_start_date
            else cast({{ dbt.date_trunc(
                'year',
                dbt.dateadd('month', '1 - taxes.tier_start_month', 'bases.period_start_date')
            ) }} as date)
        end as tier_year_date,
        bases.base_amount,
        sum(bases.base_amount) {{ so_far }} as base_so_far,
        bases.period_start_date,
        bases.stated_at
    from bases
    inner join taxes
        on
            bases.tax_id = taxes.tax_id
            and bases.period_start_date >= taxes.valid_from
            and bases.period_start_date < taxes.valid_to

),

-- With losses carried forward, what has been taxed in all is the highest point that the
-- sum of all periods has reached: a loss has to be earned back before more is.
peaks as (

    select
        *,
        greatest(
            max(base_so_far) over (
                partition by tax_id, stated_at
                order by period_start_date nulls last
                rows between unbounded preceding and current row
            ), 0
        ) as peak_amount
    from bases_accumulated

),

taxable_amounts as (

    select
        *,
        case
            when loss_relief = 'carry_forward'
                then
                    peak_amount - coalesce(
                        lag(peak_amount) over (
                            partition by tax_id, stated_at
                            order by period_start_date nulls last
                        ), 0
                    )
            else greatest(base_amount, 0)
        end as taxable_amount
    from peaks

),

taxable_amounts_in_tier_years as (

    select
        tax_id,
        base_amount,
        cast(taxable_amount as decimal(18, 2)) as taxable_amount,
        cast(
            sum(taxable_amount) over (
                partition by tax_id, stated_at, tier_year_date
                order by period_start_date nulls last
                rows between unbounded preceding and current row
            ) as decimal(18, 2)
        ) as taxable_so_far_amount,
        period_start_date,
        stated_at
    from taxable_amounts

)

select * from taxable_amounts_in_tier_years
