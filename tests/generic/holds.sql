{#- Statement about each row: selects the rows for which it is not true. Unknown (a null
    in it) is not true. -#}
{% test holds(model, condition) %}
    select *
    from {{ model }}
    where not coalesce({{ condition }}, false)
{% endtest %}
