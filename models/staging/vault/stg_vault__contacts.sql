with

profiles as (

    select * from {{ source('vault', 'customer_profiles') }}

),

standing_profiles as (

    select * from profiles
    qualify row_number() over (
        partition by customer_id
        order by updated_at desc, revision desc
    ) = 1

),

-- Enough to check what a caller says, too little to say who somebody is.
masked as (

    select
        customer_id,
        cast(left(given_name, 1) || '***' as varchar(16)) as masked_given_name,
        cast(left(family_name, 1) || '***' as varchar(16)) as masked_family_name,
        cast(left(email, 1) || '***@***' as varchar(16)) as masked_email,
        cast('***' || right(phone, 3) as varchar(16)) as masked_phone,
        cast(left(postcode, 2) || '***' as varchar(16)) as masked_postcode,
        cast(extract(year from date_of_birth) as integer) as birth_year,
        known_at
    from standing_profiles

)

select * from masked
