{#- Latest known_at in the incremental model that calls it: what a run goes on from.
    `relation`: the model's own relation, `this`. -#}
{% macro posted_until(relation) -%}
    (select coalesce(max(known_at), {{ start_of_time() }}) from {{ relation }})
{%- endmacro %}
