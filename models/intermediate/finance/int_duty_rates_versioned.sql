{#- What duties are charged on and how free bets count, see the seed taxes. -#}
{% set kinds = [
    ('ggr', 'stake'), ('ggr', 'excluded'), ('handle', 'stake'), ('handle', 'excluded'),
    ('stake', 'stake'), ('stake', 'excluded'), ('bet', 'stake'), ('bet', 'excluded')
] %}

with

accruals as (

    select * from {{ ref('rpt_tax_accruals') }}

),

taxed_days as (

    select
        tax_id,
        base,
        bonus_treatment,
        gaming_date,
        period_start_date
    from {{ ref('int_tax_bases_posted') }}
    group by tax_id, base, bonus_treatment, gaming_date, period_start_date

),

rates as (

    select
        accruals.jurisdiction,
        taxed_days.base,
        taxed_days.bonus_treatment,
        accruals.effective_rate,
        taxed_days.gaming_date,
        accruals.known_from,
        accruals.known_to
    from accruals
    inner join taxed_days
        on
            accruals.tax_id = taxed_days.tax_id
            and accruals.period_start_date = taxed_days.period_start_date

),

-- From the beginning of time, so that no figure is without a rate.
moments as (

    select
        jurisdiction,
        gaming_date,
        known_from
    from rates
    union
    select
        jurisdiction,
        gaming_date,
        {{ start_of_time() }} as known_from
    from rates

),

rates_at_moments as (

    select
        moments.jurisdiction,
        {% for base, treatment in kinds %}
            cast(
                sum(
                    case
                        when
                            rates.base = '{{ base }}'
                            and rates.bonus_treatment = '{{ treatment }}'
                            then rates.effective_rate
                        else 0
                    end
                ) as decimal(12, 8)
            ) as {{ base }}_{{ treatment }}_rate,
        {% endfor %}
        moments.gaming_date,
        moments.known_from
    from moments
    left join rates
        on
            moments.jurisdiction = rates.jurisdiction
            and moments.gaming_date = rates.gaming_date
            and moments.known_from >= rates.known_from
            and moments.known_from < rates.known_to
    group by moments.jurisdiction, moments.gaming_date, moments.known_from

),

{% set of_one_day -%}
    over (partition by jurisdiction, gaming_date order by known_from nulls last)
{%- endset %}

-- Most news change what is due and not the rate.
rates_that_changed as (

    select * from rates_at_moments
    qualify
        known_from = {{ start_of_time() }}
        {% for base, treatment in kinds %}
            or {{ base }}_{{ treatment }}_rate
            <> lag({{ base }}_{{ treatment }}_rate) {{ of_one_day }}
        {% endfor %}

),

rates_versioned as (

    select
        *,
        coalesce(lead(known_from) {{ of_one_day }}, {{ end_of_time() }}) as known_to
    from rates_that_changed

)

select * from rates_versioned
