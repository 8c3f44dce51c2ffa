"""What is kept of backfills: one row each, written with the entries that it posts."""

RELATIONS = (
    """
    create table if not exists raw.backfills (
        backfill_id bigint not null,
        models varchar(1024) not null,
        code_revision varchar(64) not null,
        reason varchar(512) not null,
        row_count bigint not null,
        estimated_seconds decimal(9, 3),
        measured_seconds decimal(9, 3),
        cpu_seconds decimal(9, 3),
        posted_count bigint not null,
        from_date date not null,
        to_date date not null,
        known_at timestamp
    )
    """,
)
