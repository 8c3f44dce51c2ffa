with

numbers as (

    {{ dbt.generate_series(5844) }}

),

-- 1 January 2020 to 31 December 2035.
days as (

    select
        {{ dbt.dateadd(
            'day', 'cast(generated_number as integer) - 1', "cast('2020-01-01' as date)"
        ) }} as date_day
    from numbers

),

calendar as (

    select
        cast(date_day as date) as calendar_date,
        cast(extract(year from date_day) as integer) as calendar_year,
        cast(extract(quarter from date_day) as integer) as calendar_quarter,
        cast(extract(month from date_day) as integer) as calendar_month,
        cast(extract(day from date_day) as integer) as day_of_month,
        -- Sunday is 0 on both engines; Monday becomes 1 and Sunday 7, as in ISO 8601.
        cast(
            case
                when extract(dow from date_day) = 0 then 7
                else extract(dow from date_day)
            end as integer
        ) as iso_day_of_week,
        extract(dow from date_day) in (0, 6) as is_weekend,
        cast({{ dbt.date_trunc('month', 'date_day') }} as date) as month_start_date
    from days

)

select * from calendar
