{{ config(materialized='table') }}

{#- A ring whose accounts are linked over more steps than these falls into parts;
    assert_rings_are_connected_components tells. -#}
{%- set rounds = 8 -%}

with

links as (

    select * from {{ ref('int_account_links_shared') }}

),

labels_0 as (

    select
        customer_id,
        customer_id as ring_id
    from links
    group by customer_id

),

-- In each round, all accounts of a link take the smallest label among them.
{% for round in range(1, rounds + 1) %}
    smallest_labels_{{ round }} as (

        select
            links.link_kind,
            links.link_pseudonym,
            min(labels_{{ round - 1 }}.ring_id) as ring_id
        from links
        inner join labels_{{ round - 1 }}
            on links.customer_id = labels_{{ round - 1 }}.customer_id
        group by links.link_kind, links.link_pseudonym

    ),

    labels_{{ round }} as (

        select
            links.customer_id,
            min(smallest_labels_{{ round }}.ring_id) as ring_id
        from links
        inner join smallest_labels_{{ round }}
            on
                links.link_kind = smallest_labels_{{ round }}.link_kind
                and links.link_pseudonym = smallest_labels_{{ round }}.link_pseudonym
        group by links.customer_id

    ),
{% endfor %}

rings as (

    select
        customer_id,
        ring_id,
        count(*) over (partition by ring_id) as account_count
    from labels_{{ rounds }}

)

select * from rings
