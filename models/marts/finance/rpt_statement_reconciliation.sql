with

statement_figures as (

    select * from {{ ref('fct_statement_figures') }}
    where
        history = 'accepted'
        and known_to >= {{ end_of_time() }}

),

described as (

    select * from {{ ref('statement_reconciliations') }}

),

revenue as (

    select * from {{ ref('rpt_daily_revenue_versions') }}
    where known_to >= {{ end_of_time() }}

),

our_figures as (

    select
        jurisdiction,
        currency_code,
        basis,
        sum(handle_amount) as handle_amount,
        sum(ggr_amount) as ggr_amount,
        cast({{ dbt.date_trunc('month', 'gaming_date') }} as date) as period_date
    from revenue
    group by
        jurisdiction,
        currency_code,
        basis,
        cast({{ dbt.date_trunc('month', 'gaming_date') }} as date)

),

stated_figures as (

    select
        statement_figures.feed,
        cast({{ dbt.split_part('statement_figures.entity', "'|'", 1) }} as varchar(16))
            as jurisdiction,
        cast({{ dbt.split_part('statement_figures.entity', "'|'", 2) }} as varchar(3))
            as currency_code,
        statement_figures.measure,
        described.basis,
        described.our_figure,
        described.tolerance_amount,
        statement_figures.figure,
        statement_figures.period_date,
        statement_figures.known_from
    from statement_figures
    inner join described
        on
            statement_figures.feed = described.feed
            and statement_figures.measure = described.measure

),

figures_compared as (

    select
        stated_figures.feed,
        stated_figures.jurisdiction,
        stated_figures.currency_code,
        stated_figures.measure,
        stated_figures.basis,
        cast(stated_figures.figure as decimal(18, 2)) as stated_amount,
        cast(
            coalesce(
                case
                    when stated_figures.our_figure = 'handle_amount'
                        then our_figures.handle_amount
                    else our_figures.ggr_amount
                end, 0
            ) as decimal(18, 2)
        ) as our_amount,
        stated_figures.tolerance_amount,
        stated_figures.period_date,
        stated_figures.known_from as stated_from
    from stated_figures
    left join our_figures
        on
            stated_figures.jurisdiction = our_figures.jurisdiction
            and stated_figures.currency_code = our_figures.currency_code
            and stated_figures.basis = our_figures.basis
            and stated_figures.period_date = our_figures.period_date

),

differences as (

    select
        feed,
        jurisdiction,
        currency_code,
        measure,
        basis,
        stated_amount,
        our_amount,
        cast(stated_amount - our_amount as decimal(18, 2)) as difference_amount,
        abs(stated_amount - our_amount) <= tolerance_amount as is_reconciled,
        period_date,
        stated_from
    from figures_compared

)

select * from differences
