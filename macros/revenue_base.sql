{#- What a tax or a regulator's definition counts of a row of revenue figures. `excluded`
    bonus money is no stake when it is used and no prize when it is given back. -#}
{% macro revenue_base(base, basis, bonus_treatment, relation) -%}
    case {{ base }}
        when 'bet' then {{ relation }}.bet_count
        when 'handle'
            then
                {{ relation }}.handle_amount - case {{ bonus_treatment }}
                    when 'excluded' then {{ relation }}.bonus_handle_amount else 0
                end
        when 'stake'
            then
                {{ relation }}.settled_stake_amount - case {{ bonus_treatment }}
                    when 'excluded' then {{ relation }}.bonus_settled_stake_amount
                    else 0
                end
        else
            case {{ basis }}
                when 'cash' then {{ relation }}.handle_amount
                else {{ relation }}.settled_stake_amount
            end
            - {{ relation }}.payout_amount
            - case
                when {{ bonus_treatment }} = 'stake' then 0
                when {{ basis }} = 'cash'
                    then
                        {{ relation }}.bonus_cost_amount
                        + {{ relation }}.bonus_handle_amount
                        - {{ relation }}.bonus_settled_stake_amount
                else {{ relation }}.bonus_cost_amount
            end
    end
{%- endmacro %}
