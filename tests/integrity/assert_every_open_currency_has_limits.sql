-- What: each currency with open bets has a limit for markets and one for events.
-- When it matters: an exposure without a limit can breach nothing, however large.
-- What to do: add the currency to seeds/exposure_limits.csv, with its source.
{{ config(severity='warn') }}

with

book as (

    select currency_code from {{ ref('rpt_open_book') }}
    group by currency_code

),

limits as (

    select * from {{ ref('exposure_limits') }}

)

select
    book.currency_code,
    count(distinct limits.limit_scope) as limited_scope_count
from book
left join limits
    on book.currency_code = limits.currency_code
group by book.currency_code
having count(distinct limits.limit_scope) < 2
