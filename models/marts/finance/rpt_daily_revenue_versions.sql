{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key=['jurisdiction', 'currency_code', 'basis', 'version', 'gaming_date'],
    on_schema_change='append_new_columns',
) }}

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
        placed_date,
        effective_date,
        known_at,
        sum(bet_count) as bet_count,
        sum(handle_amount) as handle_amount,
        sum(settled_stake_amount) as settled_stake_amount,
        sum(payout_amount) as payout_amount,
        sum(bonus_handle_amount) as bonus_handle_amount,
        sum(bonus_settled_stake_amount) as bonus_settled_stake_amount,
        sum(bonus_payout_amount) as bonus_payout_amount
    from entries
    group by jurisdiction, currency_code, placed_date, effective_date, known_at

),

changes_by_basis as (

    select
        jurisdiction,
        currency_code,
        'placed' as basis,
        bet_count,
        handle_amount,
        settled_stake_amount,
        payout_amount,
        bonus_handle_amount,
        bonus_settled_stake_amount,
        bonus_payout_amount,
        placed_date as gaming_date,
        known_at
    from entries_summed
    union all
    select
        jurisdiction,
        currency_code,
        'settled' as basis,
        bet_count,
        handle_amount,
        settled_stake_amount,
        payout_amount,
        bonus_handle_amount,
        bonus_settled_stake_amount,
        bonus_payout_amount,
        effective_date as gaming_date,
        known_at
    from entries_summed

),

changes as (

    select
        jurisdiction,
        currency_code,
        basis,
        {{ code_revision() }} as code_revision,
        0 as version,
        sum(bet_count) as bet_count,
        sum(handle_amount) as handle_amount,
        sum(settled_stake_amount) as settled_stake_amount,
        sum(payout_amount) as payout_amount,
        sum(bonus_handle_amount) as bonus_handle_amount,
        sum(bonus_settled_stake_amount) as bonus_settled_stake_amount,
        sum(bonus_payout_amount) as bonus_payout_amount,
        gaming_date,
        known_at
    from changes_by_basis
    group by jurisdiction, currency_code, basis, gaming_date, known_at

),
{% if is_incremental() %}
    changed_figures as (

        select
            jurisdiction,
            currency_code,
            basis,
            gaming_date
        from changes
        group by jurisdiction, currency_code, basis, gaming_date

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

    select
        jurisdiction,
        currency_code,
        basis,
        code_revision,
        version,
        bet_count,
        handle_amount,
        settled_stake_amount,
        payout_amount,
        bonus_handle_amount,
        bonus_settled_stake_amount,
        bonus_payout_amount,
        gaming_date,
        known_at
    from changes
    {% if is_incremental() %}
        union all
        select
            jurisdiction,
            currency_code,
            basis,
            code_revision,
            version - 1 as version,
            bet_count,
            handle_amount,
            settled_stake_amount,
            payout_amount,
            bonus_handle_amount,
            bonus_settled_stake_amount,
            bonus_payout_amount,
            gaming_date,
            known_from as known_at
        from versions_so_far
    {% endif %}

),

{% set of_one_figure -%}
    over (
            partition by jurisdiction, currency_code, basis, gaming_date
            order by known_at nulls last
            rows between unbounded preceding and current row
        )
{%- endset %}

steps_accumulated as (

    select
        jurisdiction,
        currency_code,
        basis,
        code_revision,
        max(version) {{ of_one_figure }}
        + row_number() over (
            partition by jurisdiction, currency_code, basis, gaming_date
            order by known_at nulls last
        ) as version,
        sum(bet_count) {{ of_one_figure }} as bet_count,
        sum(handle_amount) {{ of_one_figure }} as handle_amount,
        sum(settled_stake_amount) {{ of_one_figure }} as settled_stake_amount,
        sum(payout_amount) {{ of_one_figure }} as payout_amount,
        sum(bonus_handle_amount) {{ of_one_figure }} as bonus_handle_amount,
        sum(bonus_settled_stake_amount) {{ of_one_figure }}
            as bonus_settled_stake_amount,
        sum(bonus_payout_amount) {{ of_one_figure }} as bonus_payout_amount,
        gaming_date,
        known_at as known_from,
        lead(known_at) over (
            partition by jurisdiction, currency_code, basis, gaming_date
            order by known_at nulls last
        ) as known_to
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
        cast(handle_amount as decimal(18, 2)) as handle_amount,
        cast(handle_amount - settled_stake_amount as decimal(18, 2))
            as open_stake_amount,
        cast(settled_stake_amount as decimal(18, 2)) as settled_stake_amount,
        cast(payout_amount as decimal(18, 2)) as payout_amount,
        cast(settled_stake_amount - payout_amount as decimal(18, 2)) as ggr_amount,
        cast(bonus_handle_amount as decimal(18, 2)) as bonus_handle_amount,
        cast(bonus_handle_amount - bonus_settled_stake_amount as decimal(18, 2))
            as bonus_open_stake_amount,
        cast(bonus_settled_stake_amount as decimal(18, 2))
            as bonus_settled_stake_amount,
        cast(bonus_payout_amount as decimal(18, 2)) as bonus_payout_amount,
        cast(bonus_settled_stake_amount - bonus_payout_amount as decimal(18, 2))
            as bonus_ggr_amount,
        gaming_date,
        known_from,
        coalesce(known_to, {{ end_of_time() }}) as known_to
    from steps_accumulated

)

select * from versions
