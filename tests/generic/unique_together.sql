{#- Key of several columns: selects each combination that more than one row has. -#}
{% test unique_together(model, column_names) %}
    select
        {{ column_names | join(', ') }},
        count(*) as row_count
    from {{ model }}
    group by {{ column_names | join(', ') }}
    having count(*) > 1
{% endtest %}
