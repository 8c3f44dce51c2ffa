with

lines as (

    select * from {{ source('filings', 'lines') }}

)

select
    filing_id,
    jurisdiction,
    currency_code,
    line_item,
    measure,
    amount
from lines
