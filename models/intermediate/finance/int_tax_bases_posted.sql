with

changes as (

    select * from {{ ref('int_revenue_changes_dated') }}

),

taxes as (

    select * from {{ ref('taxes') }}

),

-- A period ends where a rate ends.
rate_intervals as (

    select
        tax_id,
        valid_from,
        valid_to
    from {{ ref('tax_rates') }}
    group by tax_id, valid_from, valid_to

),

taxed_changes as (

    select
        taxes.tax_id,
        changes.currency_code,
        taxes.currency_code as tax_currency_code,
        taxes.base,
        taxes.bonus_treatment,
        changes.cause,
        {{ revenue_base(
            'taxes.base', 'taxes.basis', 'taxes.bonus_treatment', 'changes'
        ) }} as base_amount,
        changes.gaming_date,
        cast(
            greatest(
                case taxes.period
                    {% for period in ['week', 'month', 'quarter'] %}
                        when '{{ period }}'
                            then {{ dbt.date_trunc(
                                period, 'changes.gaming_date'
                            ) }}
                    {% endfor %}
                    else {{ dbt.date_trunc('year', 'changes.gaming_date') }}
                end,
                rate_intervals.valid_from
            ) as date
        ) as period_start_date,
        changes.known_at
    from changes
    inner join taxes
        on
            changes.jurisdiction = taxes.jurisdiction
            and changes.basis = taxes.basis
            and changes.gaming_date >= taxes.valid_from
            and changes.gaming_date < taxes.valid_to
    inner join rate_intervals
        on
            taxes.tax_id = rate_intervals.tax_id
            and changes.gaming_date >= rate_intervals.valid_from
            and changes.gaming_date < rate_intervals.valid_to

),

bases as (

    select
        tax_id,
        currency_code,
        tax_currency_code,
        base,
        bonus_treatment,
        cause,
        cast(sum(base_amount) as decimal(18, 2)) as base_amount,
        gaming_date,
        period_start_date,
        known_at
    from taxed_changes
    group by
        tax_id, currency_code, tax_currency_code, base, bonus_treatment, cause,
        gaming_date, period_start_date, known_at

)

select * from bases
