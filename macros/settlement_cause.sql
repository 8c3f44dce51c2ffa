{#- Cause of a ledger entry that a settlement version posts.
    `is_settled_before`: SQL condition, whether an earlier version had settled the bet. -#}
{% macro settlement_cause(settlement_status, is_settled_before) -%}
    case {{ settlement_status }}
        when 'rolled_back' then 'rollback'
        when 'void' then 'void'
        when 'cancelled' then 'cancellation'
        when 'cashed_out' then 'cash_out'
        when 'partially_cashed_out' then 'cash_out'
        else case when {{ is_settled_before }} then 'resettlement' else 'settlement' end
    end
{%- endmacro %}
