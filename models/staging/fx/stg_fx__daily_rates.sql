with

daily_rates as (

    select * from {{ source('fx', 'daily_rates') }}

),

renamed as (

    select
        base_currency,
        quote_currency,
        revision,
        rate,
        rate_date,
        published_at,
        recorded_at,
        first_known_at,
        known_at as known_from,
        coalesce(replaced_at, {{ end_of_time() }}) as known_to
    from daily_rates

)

select * from renamed
