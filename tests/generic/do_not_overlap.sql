{#- One rule at a time: selects each two rows with the same `column_names` that hold on
    the same day. Rows that differ by a range, as of tax bands, hold beside each other:
    `beside` names its start and its end, which is open if null. -#}
{% test do_not_overlap(model, column_names, beside=none) %}
    with

    numbered_rows as (

        select
            *,
            row_number() over (order by valid_from nulls last) as place
        from {{ model }}

    )

    select
        later.*,
        earlier.valid_from as other_valid_from
    from numbered_rows as earlier
    inner join numbered_rows as later
        on
            earlier.place < later.place
            and earlier.valid_from < later.valid_to
            and earlier.valid_to > later.valid_from
            {% for column in column_names %}
                and earlier.{{ column }} = later.{{ column }}
            {% endfor %}
            {% if beside %}
                {% set start, end = beside %}
                and (
                    earlier.{{ end }} is null
                    or earlier.{{ end }} > later.{{ start }}
                )
                and (
                    later.{{ end }} is null
                    or later.{{ end }} > earlier.{{ start }}
                )
            {% endif %}
{% endtest %}
