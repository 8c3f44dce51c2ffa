{%- set key = ['filing_id', 'jurisdiction', 'currency_code', 'line_item', 'measure'] -%}

with

filings as (

    select * from {{ ref('stg_filings__filings') }}

),

filed_figures as (

    select * from {{ ref('rpt_filings') }}

),

-- What today's rules make of what the filing knew, and of what is known now.
figures_stated_again as (

    select
        versions.filing_id,
        versions.jurisdiction,
        versions.currency_code,
        versions.line_item,
        versions.measure,
        case
            when
                versions.known_from <= filings.known_at
                and versions.known_to > filings.known_at
                then versions.amount
            else 0
        end as stated_again_amount,
        case
            when versions.known_to >= {{ end_of_time() }} then versions.amount else 0
        end as known_amount
    from {{ ref('rpt_filing_versions') }} as versions
    inner join filings
        on versions.filing_id = filings.filing_id

),

figures as (

    select
        {{ key | join(', ') }},
        amount as filed_amount,
        0 as stated_again_amount,
        0 as known_amount
    from filed_figures
    union all
    select
        {{ key | join(', ') }},
        0 as filed_amount,
        stated_again_amount,
        known_amount
    from figures_stated_again

),

figures_compared as (

    select
        {{ key | join(', ') }},
        cast(sum(filed_amount) as decimal(18, 2)) as filed_amount,
        cast(sum(stated_again_amount) as decimal(18, 2)) as stated_again_amount,
        cast(sum(known_amount) as decimal(18, 2)) as known_amount
    from figures
    group by {{ key | join(', ') }}

)

select * from figures_compared
