"""Relations that the statements' deliveries are kept in: append-only."""

_CELL = """
        entity varchar(256) not null,
        period_date date not null,
        measure varchar(64) not null,
"""

STATEMENTS = (
    """
    create table if not exists raw.statements__deliveries (
        delivery_id bigint not null,
        file_id bigint not null,
        feed varchar(64) not null,
        row_count bigint not null,
        delivered_at timestamp not null,
        known_at timestamp not null
    )
    """,
    # What the sender said: a row per cell that differs from the delivery before it.
    f"""
    create table if not exists raw.statements__cells (
        delivery_id bigint not null,
        feed varchar(64) not null,
        {_CELL}
        figure decimal(28, 6),
        known_at timestamp not null
    )
    """,
    # How a delivery differs from what was accepted when it came.
    f"""
    create table if not exists raw.statements__changes (
        delivery_id bigint not null,
        feed varchar(64) not null,
        {_CELL}
        change_kind varchar(16) not null,
        from_figure decimal(28, 6),
        to_figure decimal(28, 6),
        known_at timestamp not null
    )
    """,
    """
    create table if not exists raw.statements__suspicions (
        delivery_id bigint not null,
        feed varchar(64) not null,
        entity varchar(256) not null,
        suspicion_kind varchar(32) not null,
        detail varchar(512) not null,
        known_at timestamp not null
    )
    """,
    """
    create table if not exists raw.statements__decisions (
        delivery_id bigint not null,
        feed varchar(64) not null,
        entity varchar(256) not null,
        decided_by varchar(128) not null,
        reason varchar(512) not null,
        is_accepted boolean not null,
        known_at timestamp not null
    )
    """,
)
