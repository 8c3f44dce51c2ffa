with

markets as (

    select * from {{ ref('rpt_market_exposures') }}

),

events as (

    select * from {{ ref('rpt_event_exposures') }}

),

limits as (

    select * from {{ ref('exposure_limits') }}

),

files as (

    select * from {{ ref('stg_ingestion__files') }}

),

-- Limits hold at the last load, not by the clock: same loads, same page.
last_load as (

    select max(known_at) as known_at from files

),

exposures as (

    select
        'market' as limit_scope,
        event_id,
        market_id,
        currency_code,
        open_bet_count,
        worst_case_loss_amount
    from markets
    union all
    select
        'event' as limit_scope,
        event_id,
        cast(null as varchar(64)) as market_id,
        currency_code,
        open_bet_count,
        worst_case_loss_amount
    from events

),

breaches as (

    select
        exposures.limit_scope,
        exposures.event_id,
        exposures.market_id,
        exposures.currency_code,
        exposures.open_bet_count,
        exposures.worst_case_loss_amount,
        limits.limit_amount,
        cast(exposures.worst_case_loss_amount - limits.limit_amount as decimal(18, 2))
            as excess_amount
    from exposures
    cross join last_load
    inner join limits
        on
            exposures.limit_scope = limits.limit_scope
            and exposures.currency_code = limits.currency_code
            and last_load.known_at >= limits.valid_from
            and last_load.known_at < limits.valid_to
    where exposures.worst_case_loss_amount > limits.limit_amount

)

select * from breaches
