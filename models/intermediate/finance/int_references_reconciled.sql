{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='reference_key',
    on_schema_change='append_new_columns',
    post_hook="delete from {{ this }} where problem is null",
) }}

with

{% if is_incremental() %}
    touched_references as (

        select reference_key from {{ ref('int_claims_stated') }}
        where known_at > {{ posted_until(this) }}
        union
        select reference_key from {{ ref('int_movements_by_aspect') }}
        where known_at > {{ posted_until(this) }}

    ),
{% endif %}

claims as (

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

-- Statements that were taken back, as under another licence, add up to nothing.
claimed as (

    select
        reference_key,
        reference_id,
        customer_id,
        reference_type,
        aspect,
        jurisdiction,
        currency_code,
        sum(claimed_amount) as expected_amount,
        max(happened_date) as happened_date,
        max(known_at) as known_at
    from claims
    group by
        reference_key,
        reference_id,
        customer_id,
        reference_type,
        aspect,
        jurisdiction,
        currency_code
    having sum(claimed_amount) <> 0

),

-- A second movement that says the same of the same thing is one too many.
movements_numbered as (

    select
        *,
        row_number() over (
            partition by
                reference_key,
                aspect,
                movement_kind,
                reference_version,
                currency_code,
                moved_amount
            order by known_at nulls last
        ) as occurrence
    from movements

),

moved as (

    select
        reference_key,
        aspect,
        min(reference_id) as reference_id,
        min(customer_id) as customer_id,
        min(reference_type) as reference_type,
        min(jurisdiction) as jurisdiction,
        min(currency_code) as currency_code,
        max(currency_code) as other_currency_code,
        sum(moved_amount) as moved_amount,
        sum(case when occurrence > 1 then moved_amount else 0 end) as doubled_amount,
        max(happened_date) as happened_date,
        max(known_at) as known_at
    from movements_numbered
    group by reference_key, aspect

),

compared as (

    select
        coalesce(claimed.reference_key, moved.reference_key) as reference_key,
        coalesce(claimed.reference_id, moved.reference_id) as reference_id,
        coalesce(claimed.customer_id, moved.customer_id) as customer_id,
        coalesce(claimed.reference_type, moved.reference_type) as reference_type,
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

references_reconciled as (

    select
        reference_key,
        reference_id,
        customer_id,
        reference_type,
        aspect,
        {{ reconciliation_problem() }} as problem,
        jurisdiction,
        currency_code,
        cast(expected_amount as decimal(18, 2)) as expected_amount,
        cast(coalesce(moved_amount, 0) as decimal(18, 2)) as moved_amount,
        happened_date,
        known_at
    from compared

)

select * from references_reconciled
where problem is not null
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
