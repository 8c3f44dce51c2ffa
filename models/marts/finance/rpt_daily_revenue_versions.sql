{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key=['jurisdiction', 'currency_code', 'basis', 'version', 'gaming_date'],
    on_schema_change='append_new_columns',
) }}
{%- set figure = ['jurisdiction', 'currency_code', 'basis', 'gaming_date'] -%}
{%- set measures = [
    'bet_count', 'handle_amount', 'settled_stake_amount', 'payout_amount',
    'bonus_handle_amount', 'bonus_settled_stake_amount', 'bonus_payout_amount'
] -%}
{%- set of_one_figure -%}
    partition by {{ figure | join(', ') }} order by known_at nulls last
{%- endset -%}
{%- set so_far -%}
    over ({{ of_one_figure }} rows between unbounded preceding and current row)
{%- endset %}

with

entries as (

    select * from {{ ref('fct_bet_ledger_entries') }}
    {% if is_incremental() %}
        where
            known_at > (
                select coalesce(max(posted.known_from), {{ start_of_time() }})
                from {{ this }} as posted
            )
    {% endif %}

),

-- Both bases are sums of these, which are far fewer than the entries.
entries_summed as (

    select
        jurisdiction,
        currency_code,
        {% for measure in measures %}
            sum({{ measure }}) as {{ measure }},
        {% endfor %}
        placed_date,
        effective_date,
        known_at
    from entries
    group by jurisdiction, currency_code, placed_date, effective_date, known_at

),

changes as (

    {% for basis, gaming_date in [
        ('placed', 'placed_date'), ('settled', 'effective_date')
    ] %}
        select
            jurisdiction,
            currency_code,
            '{{ basis }}' as basis,
            {{ code_revision() }} as code_revision,
            0 as version,
            {% for measure in measures %}
                sum({{ measure }}) as {{ measure }},
            {% endfor %}
            {{ gaming_date }} as gaming_date,
            known_at
        from entries_summed
        group by jurisdiction, currency_code, {{ gaming_date }}, known_at
        {{ 'union all' if not loop.last }}
    {% endfor %}

),
{% if is_incremental() %}
    changed_figures as (

        select {{ figure | join(', ') }} from changes
        group by {{ figure | join(', ') }}

    ),

    -- A change continues from the version that is current so far.
    versions_so_far as (

        select current_versions.*
        from {{ this }} as current_versions
        inner join changed_figures
            on
                current_versions.jurisdiction = changed_figures.jurisdiction
                and current_versions.currency_code = changed_figures.currency_code
                and current_versions.basis = changed_figures.basis
                and current_versions.gaming_date = changed_figures.gaming_date
        where current_versions.known_to >= {{ end_of_time() }}

    ),
{% endif %}

steps as (

    select * from changes
    {% if is_incremental() %}
        union all
        select
            jurisdiction,
            currency_code,
            basis,
            code_revision,
            version - 1 as version,
            {{ measures | join(', ') }},
            gaming_date,
            known_from as known_at
        from versions_so_far
    {% endif %}

),

steps_accumulated as (

    select
        {{ figure | join(', ') }},
        code_revision,
        max(version) {{ so_far }} + row_number() over ({{ of_one_figure }}) as version,
        {% for measure in measures %}
            sum({{ measure }}) {{ so_far }} as {{ measure }},
        {% endfor %}
        known_at as known_from,
        lead(known_at) over ({{ of_one_figure }}) as known_to
    from steps

),

versions as (

    select
        jurisdiction,
        currency_code,
        basis,
        code_revision,
        cast(version as integer) as version,
        cast(bet_count as bigint) as bet_count,
        {% for part in ['', 'bonus_'] %}
            cast({{ part }}handle_amount as decimal(18, 2)) as {{ part }}handle_amount,
            cast(
                {{ part }}handle_amount - {{ part }}settled_stake_amount
                as decimal(18, 2)
            ) as {{ part }}open_stake_amount,
            cast({{ part }}settled_stake_amount as decimal(18, 2))
                as {{ part }}settled_stake_amount,
            cast({{ part }}payout_amount as decimal(18, 2)) as {{ part }}payout_amount,
            cast(
                {{ part }}settled_stake_amount - {{ part }}payout_amount
                as decimal(18, 2)
            ) as {{ part }}ggr_amount,
        {% endfor %}
        gaming_date,
        known_from,
        coalesce(known_to, {{ end_of_time() }}) as known_to
    from steps_accumulated

)

select * from versions
