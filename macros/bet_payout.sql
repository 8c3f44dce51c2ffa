{#- Payout of a bet by its lines, half up to the cent: lines return `returned` in all per
    unit of stake on each; bonus stakes are not returned, unless the bet is a plain
    refund. On Redshift payout x lines must stay below 4 x 10^10. -#}
{% macro bet_payout(stake, bonus, returned, line_count) -%}
    {%- set payout_of_all_lines -%}
        (
            cast(
                cast({{ stake }} - {{ bonus }} as decimal(13, 2))
                * cast({{ returned }} as decimal(23, 12)) as decimal(28, 8)
            ) + cast(
                cast({{ bonus }} as decimal(13, 2)) * cast(
                    case
                        when {{ returned }} = {{ line_count }} then {{ line_count }}
                        else greatest({{ returned }} - {{ line_count }}, 0)
                    end as decimal(23, 12)
                ) as decimal(28, 8)
            )
        ) * 100000000
    {%- endset -%}
    cast({{ integer_share(
        payout_of_all_lines, '1', '1000000 * cast(' ~ line_count ~ ' as bigint)'
    ) }} * 0.01 as decimal(18, 2))
{%- endmacro %}
