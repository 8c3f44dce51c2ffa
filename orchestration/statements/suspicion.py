"""Which entities of a delivery look badly loaded: SQL over its temp tables.

Each rule gives entity, suspicion_kind, detail and rank; of several the lowest rank is
kept. Noise within rounding is no evidence for or against.
"""

_MOVED = """
    moved as (
        select * from incoming_changes
        where change_kind not in ('rounding', 'deletion')
            and not list_contains($totals, entity)
    )
"""

# Incoming figures that were another entity's; the other one has been moved as well.
_SWAPPED = f"""
    with {_MOVED},
    pairs as (
        select moved.entity, other.entity as other, count(*) as comparable,
            count(*) filter (to_figure = other.accepted_figure) as same
        from moved join standing as other using (period_date, measure)
        where moved.entity <> other.entity and to_figure <> 0
            and other.accepted_figure is not null
        group by all
        having same >= $matching_cells and same >= $matching_share * comparable
    )
    select entity, 'entities_swapped' as suspicion_kind,
        same || ' of ' || comparable || ' cells are those of ' || other as detail,
        2 as rank
    from pairs semi join (select entity as other from pairs) using (other)
    qualify row_number() over (partition by entity order by same desc, other) = 1
"""

# Where both sides of a pair are alike only because one copies the other, the one with
# fewer equal changes is the original.
_EQUAL_TO_ANOTHER = f"""
    with {_MOVED},
    pairs as (
        select moved.entity, other.entity as other, count(*) as comparable,
            count(*) filter (to_figure = other.figure) as same
        from moved join incoming_cells as other using (period_date, measure)
        where moved.entity <> other.entity and to_figure <> 0
        group by all
        having same >= $matching_cells and same >= $matching_share * comparable
    )
    select pairs.entity, 'equal_to_another' as suspicion_kind,
        pairs.same || ' of ' || pairs.comparable || ' cells are those of '
            || pairs.other as detail, 3 as rank
    from pairs left join pairs as back
        on back.entity = pairs.other and back.other = pairs.entity
    where pairs.same >= coalesce(back.same, 0)
    qualify row_number() over (
        partition by pairs.entity order by pairs.same desc, pairs.other
    ) = 1
"""

# The total of the others as delivered now, with or without what was known of the
# entity itself; each of them may have been rounded.
_EQUAL_TO_TOTAL = f"""
    with {_MOVED},
    others as (
        select moved.entity, moved.to_figure, moved.from_figure,
            count(*) as others, sum(other.figure) as total
        from moved join incoming_cells as other using (period_date, measure)
        where moved.entity <> other.entity and not list_contains($totals, other.entity)
        group by all
        having others >= 2
    ),
    verdicts as (
        select *, abs(to_figure - total) <= $rounding_amount * others
            or coalesce(
                abs(to_figure - total - from_figure) <= $rounding_amount * others, false
            ) as is_total
        from others
    ),
    counted as (
        select entity,
            count(*) filter (is_total or from_figure is not null) as comparable,
            count(*) filter (is_total) as same
        from verdicts group by entity
        having same >= $matching_cells and same >= $matching_share * comparable
    )
    select entity, 'equal_to_total' as suspicion_kind,
        same || ' of ' || comparable || ' cells are the total' as detail, 4 as rank
    from counted
"""

_MASS_DELETION = """
    with counted as (
        select entity, count(*) as cells,
            count(*) filter (figure is null) as deleted
        from compared where accepted_figure is not null group by entity
    ),
    shares as (
        select *, sum(deleted) over () as all_deleted, sum(cells) over () as all_cells
        from counted
    )
    select entity, 'mass_deletion' as suspicion_kind,
        deleted || ' of ' || cells || ' cells are gone' as detail, 5 as rank
    from shares
    where deleted >= $matching_cells and deleted >= $deleted_share * cells
        or deleted > 0 and all_deleted >= $deleted_share * all_cells
"""

# A move is the step from what stood in the cell, or in the period before it when the
# cell is new; history is the steps from period to period that were accepted.
_JUMP = """
    with accepted as (
        select entity, measure, period_date, accepted_figure as figure,
            accepted_figure - lag(accepted_figure) over (
                partition by entity, measure order by period_date
            ) as step
        from standing where accepted_figure is not null
    ),
    history as (
        select entity, measure, median(abs(figure)) as usual, max(abs(step)) as largest
        from accepted group by entity, measure having count(step) >= 6
    ),
    moves as (
        select changes.entity, changes.measure, changes.period_date,
            abs(to_figure - coalesce(from_figure, accepted.figure)) as move
        from incoming_changes as changes
        asof left join accepted
            on changes.entity = accepted.entity and changes.measure = accepted.measure
            and changes.period_date > accepted.period_date
        where change_kind not in ('rounding', 'deletion')
    )
    select entity, 'jump' as suspicion_kind,
        measure || ' of ' || period_date || ' moves by ' || round(move, 2)
            || ', at most ' || round(largest, 2) || ' so far' as detail, 6 as rank
    from moves join history using (entity, measure)
    where usual > 0 and move > greatest($jump_share * usual, $jump_factor * largest)
    qualify row_number() over (partition by entity order by move / usual desc) = 1
"""

_OLDER = """
    select distinct entity, 'older_than_standing' as suspicion_kind,
        'delivered before what stands' as detail, 1 as rank
    from incoming_changes
    where $delivered_at < (
        select max(delivered_at) from raw.statements__deliveries
        where feed = $feed and delivery_id < $delivery_id
    )
"""

RULES = (_OLDER, _SWAPPED, _EQUAL_TO_ANOTHER, _EQUAL_TO_TOTAL, _MASS_DELETION, _JUMP)

SUSPECT = (
    "insert into raw.statements__suspicions "
    "select $delivery_id, $feed, entity, suspicion_kind, left(detail, 512), $known_at "
    f"from ({' union all '.join(f'from ({rule})' for rule in RULES)}) "
    "qualify row_number() over (partition by entity order by rank) = 1"
)
"""INSERT of one row per suspected entity of the delivery."""
