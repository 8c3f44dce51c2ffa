{#- Value of a threshold of Risk's rules, as it holds at the last load. -#}
{% macro risk_threshold(rule, threshold) -%}
    (
        select max(thresholds.value)
        from {{ ref('int_thresholds_in_force') }} as thresholds
        where
            thresholds.rule_name = '{{ rule }}'
            and thresholds.threshold = '{{ threshold }}'
    )
{%- endmacro %}
