{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='reference_key',
    on_schema_change='append_new_columns',
    post_hook="delete from {{ this }} where problem is null",
) }}

with

-- Of what is in order this keeps no row, so it does not go on from its own last one.
built as (

    select * from {{ ref('stg_ingestion__build_limits') }}

),

{% if is_incremental() %}
    touched_references as (

        select reference_key from {{ ref('int_claims_stated') }}
        where known_at > (select built.built_until from built)
        union
        select reference_key from {{ ref('int_movements_by_aspect') }}
        where known_at > (select built.built_until from built)

    ),
{% endif %}

-- Chosen before any amount is looked at.
claims as {{ kept() if is_incremental() }} (

    select * from {{ ref('int_claims_stated') }}
    {% if is_incremental() %}
        where reference_key in (
            select touched_references.reference_key from touched_references
        )
    {% endif %}

),

movements as (

    select * from {{ ref('int_movements_by_aspect') }}
    {% if is_incremental() %}
        where reference_key in (
            select touched_references.reference_key from touched_references
        )
    {% endif %}

),

-- What was claimed before the wallet delivered anything cannot be missing in it.
wallet_feed as (

    select min(known_from) as began_at from {{ ref('stg_wallet__movements') }}

),

-- By key alone, for this is all of history when it is built anew. Statements that were
-- taken back, as in another currency, add up to nothing. Versions that name two
-- currencies stay two sums: one that adds them up would be of no currency.
claimed as (

    select
        reference_key,
        aspect,
        currency_code,
        sum(claimed_amount) as expected_amount,
        max(happened_date) as happened_date,
        max(known_at) as known_at
    from claims
    where claimed_amount <> 0
    group by reference_key, aspect, currency_code
    having sum(claimed_amount) <> 0

),

-- A second movement that says the same of the same thing is one too many.
movements_told_apart as (

    select
        reference_key,
        aspect,
        currency_code,
        count(*) as movement_count,
        moved_amount,
        max(happened_date) as happened_date,
        max(known_at) as known_at
    from movements
    group by
        reference_key,
        aspect,
        movement_kind,
        reference_version,
        currency_code,
        moved_amount

),

moved as (

    select
        reference_key,
        aspect,
        min(currency_code) as currency_code,
        max(currency_code) as other_currency_code,
        sum(moved_amount * movement_count) as moved_amount,
        sum(moved_amount * (movement_count - 1)) as doubled_amount,
        max(happened_date) as happened_date,
        max(known_at) as known_at
    from movements_told_apart
    group by reference_key, aspect

),

compared as (

    select
        coalesce(claimed.reference_key, moved.reference_key) as reference_key,
        coalesce(claimed.aspect, moved.aspect) as aspect,
        coalesce(claimed.currency_code, moved.currency_code) as currency_code,
        coalesce(claimed.expected_amount, 0) as expected_amount,
        moved.moved_amount,
        moved.doubled_amount,
        moved.currency_code <> moved.other_currency_code
        or moved.currency_code <> claimed.currency_code as is_foreign,
        coalesce(claimed.happened_date, moved.happened_date) as happened_date,
        greatest(
            coalesce(claimed.known_at, moved.known_at),
            coalesce(moved.known_at, claimed.known_at)
        ) as known_at
    from claimed
    full outer join moved
        on
            claimed.reference_key = moved.reference_key
            and claimed.aspect = moved.aspect

),

problems as (

    select
        compared.reference_key,
        compared.aspect,
        {{ reconciliation_problem() }} as problem,
        compared.currency_code,
        compared.expected_amount,
        compared.moved_amount,
        compared.happened_date,
        compared.known_at
    from compared
    inner join wallet_feed
        on compared.known_at >= wallet_feed.began_at
    where {{ reconciliation_problem() }} is not null

),

statements_of_problems as (

    select
        reference_key,
        reference_id,
        customer_id,
        reference_type,
        jurisdiction,
        currency_code,
        0 as place,
        claimed_amount,
        known_at
    from {{ ref('int_claims_stated') }}
    where reference_key in (select problems.reference_key from problems)
    union all
    select
        reference_key,
        reference_id,
        customer_id,
        reference_type,
        jurisdiction,
        currency_code,
        1 as place,
        moved_amount as claimed_amount,
        known_at
    from {{ ref('int_movements_by_aspect') }}
    where reference_key in (select problems.reference_key from problems)

),

-- The last claim in the currency says whose it is and under which licence; a correction
-- takes back what it replaces by an amount below zero.
named as (

    select
        reference_key,
        reference_id,
        customer_id,
        reference_type,
        jurisdiction,
        currency_code
    from statements_of_problems
    qualify row_number() over (
        partition by reference_key, currency_code
        order by
            place asc nulls last,
            known_at desc nulls last,
            claimed_amount desc nulls last,
            jurisdiction asc nulls last,
            customer_id asc nulls last
    ) = 1

),

references_reconciled as (

    select
        problems.reference_key,
        named.reference_id,
        named.customer_id,
        named.reference_type,
        problems.aspect,
        problems.problem,
        named.jurisdiction,
        problems.currency_code,
        cast(problems.expected_amount as decimal(18, 2)) as expected_amount,
        cast(coalesce(problems.moved_amount, 0) as decimal(18, 2)) as moved_amount,
        problems.happened_date,
        problems.known_at
    from problems
    inner join named
        on
            problems.reference_key = named.reference_key
            and problems.currency_code = named.currency_code

)

select * from references_reconciled
{% if is_incremental() %}
    -- So that what is in order now goes; the post-hook removes these rows.
    union all
    select
        reference_key,
        cast(null as varchar(64)) as reference_id,
        cast(null as varchar(64)) as customer_id,
        cast(null as varchar(16)) as reference_type,
        cast(null as varchar(16)) as aspect,
        cast(null as varchar(16)) as problem,
        cast(null as varchar(16)) as jurisdiction,
        cast(null as varchar(3)) as currency_code,
        cast(null as decimal(18, 2)) as expected_amount,
        cast(null as decimal(18, 2)) as moved_amount,
        cast(null as date) as happened_date,
        cast(null as timestamp) as known_at
    from touched_references
{% endif %}
