{#- What is wrong between what was to be moved and what was; null when nothing is. The
    relation has expected_amount, moved_amount and doubled_amount (null: nothing moved),
    is_foreign (some of it moved in another currency). -#}
{% macro reconciliation_problem() -%}
    case
        when expected_amount = 0 and coalesce(moved_amount, 0) = 0 then null
        when moved_amount is null then 'missing'
        when expected_amount = 0 then 'unexpected'
        when is_foreign then 'currency'
        when moved_amount = expected_amount then null
        when doubled_amount <> 0 and moved_amount = expected_amount + doubled_amount
            then 'doubled'
        else 'differs'
    end
{%- endmacro %}
