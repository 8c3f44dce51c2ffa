{#- Calendar day of a UTC timestamp in a time zone: the gaming day. -#}
{% macro local_date(utc_timestamp, time_zone) -%}
    cast({{ utc_timestamp }} at time zone 'UTC' at time zone {{ time_zone }} as date)
{%- endmacro %}
