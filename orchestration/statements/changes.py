"""What a delivery changes: against the one before it, and against what was accepted.

A sender states all of an entity at once. So what is accepted of an entity is what its
latest accepted delivery says, and no second history has to be kept.
"""

HELD = """
    select suspicions.delivery_id, suspicions.entity
    from raw.statements__suspicions as suspicions
    left join raw.statements__decisions as decisions
        using (delivery_id, entity)
    where suspicions.feed = $feed and not coalesce(decisions.is_accepted, false)
"""
"""Entities of deliveries that do not count as accepted."""

STANDING = f"""
    create or replace temp table standing as
    with cells as (
        select * from raw.statements__cells where feed = $feed
    ),
    accepted as (
        select entity, max(delivery_id) as accepted_id
        from (select distinct entity from cells)
        cross join (
            select delivery_id from raw.statements__deliveries where feed = $feed
        )
        anti join ({HELD}) as held using (delivery_id, entity)
        group by entity
    )
    select entity, period_date, measure,
        arg_max(struct_pack(v := figure), delivery_id).v as delivered_figure,
        (arg_max(struct_pack(v := figure), delivery_id)
            filter (delivery_id <= accepted_id)).v as accepted_figure,
        coalesce(
            bool_or(figure is not null) filter (delivery_id <= accepted_id), false
        ) as was_accepted
    from cells left join accepted using (entity)
    group by entity, period_date, measure
"""
"""Per cell: what the delivery before said, and what counts as accepted.

arg_max passes over nulls, which say that a cell was deleted; hence the struct.
"""

# A row that was refused says nothing about its cells, nor does what a rolling file
# has left behind; when a refused row has no key, no cell of the file is deleted.
COMPARED = """
    create or replace temp table compared as
    with known_bad as (
        select distinct entity, period_date from incoming_rows where reason is not null
    ),
    scope as (
        select
            coalesce(bool_or(reason = 'missing_key'), false) as has_unknown,
            min(period_date) filter (reason is null) as first_date
        from incoming_rows
    )
    select entity, period_date, measure, figure,
        delivered_figure, accepted_figure, coalesce(was_accepted, false) as was_accepted
    from incoming_cells
    full join standing using (entity, period_date, measure)
    anti join known_bad using (entity, period_date)
    cross join scope
    where figure is not null
        or not (has_unknown or ($is_rolling and period_date < first_date))
"""

CELLS = """
    insert into raw.statements__cells
    select $delivery_id, $feed, entity, period_date, measure, figure, $known_at
    from compared where figure is distinct from delivered_figure
"""

CHANGES = """
    create or replace temp table incoming_changes as
    with newest as (
        select max(period_date) as newest_date
        from standing where accepted_figure is not null
    )
    select entity, period_date, measure,
        accepted_figure as from_figure, figure as to_figure,
        case
            when figure is null then 'deletion'
            when abs(figure - accepted_figure) <= $rounding_amount then 'rounding'
            when accepted_figure is not null then 'restatement'
            when was_accepted then 'reappearance'
            when period_date <= newest_date then 'late_period'
            else 'new_period'
        end as change_kind
    from compared cross join newest
    where figure is distinct from accepted_figure
"""

KEEP_CHANGES = """
    insert into raw.statements__changes
    select $delivery_id, $feed, entity, period_date, measure, change_kind,
        from_figure, to_figure, $known_at
    from incoming_changes
"""
