-- What: accounts that share a link are in one ring.
-- When it matters: a ring in parts looks like several small ones.
-- What to do: raise the number of rounds in int_accounts_connected.
{{ config(group='risk') }}

with

links as (

    select * from {{ ref('int_account_links_shared') }}

),

rings as (

    select * from {{ ref('int_accounts_connected') }}

)

select
    links.link_kind,
    links.link_pseudonym,
    count(distinct rings.ring_id) as ring_count
from links
inner join rings
    on links.customer_id = rings.customer_id
group by links.link_kind, links.link_pseudonym
having count(distinct rings.ring_id) > 1
