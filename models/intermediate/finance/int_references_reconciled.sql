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
-- taken back, as under another licence, add up to nothing.
claimed as (

    select
        reference_key,
        aspect,
        jurisdiction,
        currency_code,
        sum(claimed_amount) as expected_amount,
        max(happened_date) as happened_date,
        max(known_at) as known_at
    from claims
    where claimed_amount <> 0
    group by reference_key, aspect, jurisdiction, currency_code
    having sum(claimed_amount) <> 0

),

-- A second movement that says the same of the same thing is one too many.
movements_told_apart as (

    select
        reference_key,
        aspect,
        min(jurisdiction) as jurisdiction,
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
        min(jurisdiction) as jurisdiction,
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
        coalesce(claimed.jurisdiction, moved.jurisdiction) as jurisdiction,
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
        compared.jurisdiction,
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
        reference_type
    from {{ ref('int_claims_stated') }}
    where reference_key in (select problems.reference_key from problems)
    union all
    select
        reference_key,
        reference_id,
        customer_id,
        reference_type
    from {{ ref('int_movements_by_aspect') }}
    where reference_key in (select problems.reference_key from problems)

),

named as (

    select
        reference_key,
        min(reference_id) as reference_id,
        min(customer_id) as customer_id,
        min(reference_type) as reference_type
    from statements_of_problems
    group by reference_key

),

references_reconciled as (

    select
        problems.reference_key,
        named.reference_id,
        named.customer_id,
        named.reference_type,
        problems.aspect,
        problems.problem,
        problems.jurisdiction,
        problems.currency_code,
        cast(problems.expected_amount as decimal(18, 2)) as expected_amount,
        cast(coalesce(problems.moved_amount, 0) as decimal(18, 2)) as moved_amount,
        problems.happened_date,
        problems.known_at
    from problems
    inner join named
        on problems.reference_key = named.reference_key

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
