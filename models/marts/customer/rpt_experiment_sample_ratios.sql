with

variants as (

    select * from {{ ref('dim_experiment_variants') }}

),

assignments as (

    select * from {{ ref('fct_experiment_assignments') }}

),

critical_values as (

    select * from {{ ref('chi_square_critical_values') }}

),

customers_counted as (

    select
        experiment_id,
        variant,
        cast(count(*) as bigint) as customer_count
    from assignments
    group by experiment_id, variant

),

variants_compared as (

    select
        variants.experiment_id,
        variants.variant,
        coalesce(customers_counted.customer_count, 0) as customer_count,
        variants.planned_share * sum(coalesce(customers_counted.customer_count, 0))
            over (partition by variants.experiment_id) as expected_count
    from variants
    left join customers_counted
        on
            variants.experiment_id = customers_counted.experiment_id
            and variants.variant = customers_counted.variant

),

-- Pearson's test of the planned shares; nothing can be said before anybody is assigned.
experiments_tested as (

    select
        experiment_id,
        cast(count(*) as integer) as variant_count,
        cast(sum(customer_count) as bigint) as customer_count,
        sum(
            cast((customer_count - expected_count) as double precision)
            * cast((customer_count - expected_count) as double precision)
            / cast(nullif(expected_count, 0) as double precision)
        ) as chi_square
    from variants_compared
    group by experiment_id

),

sample_ratios as (

    select
        experiments_tested.experiment_id,
        experiments_tested.variant_count,
        experiments_tested.customer_count,
        cast(experiments_tested.chi_square as decimal(18, 4)) as chi_square,
        critical_values.critical_value,
        case
            when experiments_tested.chi_square is null then false
            else experiments_tested.chi_square > critical_values.critical_value
        end as has_mismatch
    from experiments_tested
    left join critical_values
        on experiments_tested.variant_count - 1 = critical_values.degrees_of_freedom

)

select * from sample_ratios
