-- What: the versions of a day's revenue are numbered 1, 2, 3, ..., each is known from
-- the load that ended the one before, and the last one is current.
-- When it matters: "as known at T" must find exactly one version.
-- What to do: `build --full-refresh` makes the versions anew from the ledger; then find
-- out which interrupted or concurrent build wrote the gap.
{{ config(tags='whole_history') }}

with

versions as (

    select * from {{ ref('rpt_daily_revenue_versions') }}

),

versions_with_neighbours as (

    select
        jurisdiction,
        currency_code,
        basis,
        version,
        gaming_date,
        known_from,
        known_to,
        row_number() over (
            partition by jurisdiction, currency_code, basis, gaming_date
            order by known_from nulls last
        ) as expected_version,
        coalesce(
            lead(known_from) over (
                partition by jurisdiction, currency_code, basis, gaming_date
                order by known_from nulls last
            ),
            {{ end_of_time() }}
        ) as next_known_from
    from versions

)

select * from versions_with_neighbours
where
    version <> expected_version
    or known_to <> next_known_from
    or known_from >= known_to
