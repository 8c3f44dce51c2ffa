"""The relation that keeps copies of the trail's head."""

RELATIONS = (
    """
    create table if not exists raw.audit_anchors (
        load_id bigint,
        sequence bigint not null,
        record_hash varchar(64) not null
    )
    """,
)
