{#- Cause of a ledger entry that a settlement version posts.
    `is_settled_before`: SQL condition, whether an earlier version had settled the bet.
    Sources take a bet back that they had sent twice by cancelling it for that reason. -#}
{% macro settlement_cause(settlement_status, is_settled_before, reason_code) -%}
    case {{ settlement_status }}
        when 'rolled_back' then 'rollback'
        when 'void' then 'void'
        when 'cancelled'
            then case
                when upper({{ reason_code }}) like 'DUPLICATE%' then 'duplicate'
                else 'cancellation'
            end
        when 'cashed_out' then 'cash_out'
        when 'partially_cashed_out' then 'cash_out'
        else case when {{ is_settled_before }} then 'resettlement' else 'settlement' end
    end
{%- endmacro %}
