with

accruals as (

    select * from {{ ref('fct_tax_accruals') }}

),

bases as (

    select * from {{ ref('int_tax_bases_posted') }}

),

backfills as (

    select * from {{ ref('stg_ingestion__backfills') }}

),

weights as (

    select
        tax_id,
        cause,
        abs(sum(base_amount)) as weight,
        period_start_date,
        known_at
    from bases
    group by tax_id, cause, period_start_date, known_at
    having sum(base_amount) <> 0

),

-- Tax is no sum over bets: losses are carried, bands are filled, rates round. What a
-- load changed is shared among its causes by how far each moved the base.
weights_so_far as (

    select
        *,
        cast(
            sum(weight) over (
                partition by tax_id, period_start_date, known_at
                order by cause nulls last
                rows between unbounded preceding and current row
            ) as double precision
        ) as weight_so_far,
        cast(
            sum(weight) over (partition by tax_id, period_start_date, known_at)
            as double precision
        ) as weight_of_all
    from weights

),

parts as (

    select
        *,
        weight_so_far / weight_of_all as share_so_far,
        lag(weight_so_far / weight_of_all) over (
            partition by tax_id, period_start_date, known_at order by cause nulls last
        ) as share_before
    from weights_so_far

),

-- A base that moves without bets moved with the rate of its currency; a tax whose base
-- stands still depends on other periods.
accruals_caused as (

    select
        accruals.tax_id,
        accruals.jurisdiction,
        accruals.currency_code,
        coalesce(
            parts.cause,
            case
                when backfills.known_at is not null then 'code_change'
                when accruals.base_amount <> 0 then 'fx_correction'
                else 'other_period'
            end
        ) as cause,
        {% for amount in ['base_amount', 'taxable_amount', 'tax_amount'] %}
            cast(
                round(accruals.{{ amount }} * coalesce(parts.share_so_far, 1), 2)
                - round(accruals.{{ amount }} * coalesce(parts.share_before, 0), 2)
                as decimal(18, 2)
            ) as {{ amount }},
        {% endfor %}
        accruals.period_start_date,
        accruals.known_at
    from accruals
    left join parts
        on
            accruals.tax_id = parts.tax_id
            and accruals.period_start_date = parts.period_start_date
            and accruals.known_at = parts.known_at
    left join backfills
        on accruals.known_at = backfills.known_at

)

select * from accruals_caused
