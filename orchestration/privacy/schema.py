"""Relations that erasure keeps, all in the vault."""

RELATIONS = (
    # Whom nothing may be taken in about any more; the salt is the warehouse's own.
    """
    create table if not exists vault.tombstones (
        subject_hash varchar(64) not null,
        salt varchar(32) not null,
        erased_on date not null
    )
    """,
    # What the law has us keep of an erased person, until when.
    """
    create table if not exists vault.held_records (
        customer_id varchar(64) not null,
        pseudonym varchar(64) not null,
        request_id varchar(64) not null,
        relation varchar(64) not null,
        record_kind varchar(32) not null,
        hold_name varchar(64) not null,
        record varchar(65535) not null,
        held_until date not null
    )
    """,
    """
    create table if not exists vault.erasures (
        request_id varchar(64) not null,
        ground varchar(32) not null,
        status varchar(16) not null,
        certificate varchar(64) not null,
        certificate_hash varchar(64) not null,
        held_count bigint not null,
        requested_on date not null,
        held_until date,
        completed_at timestamp not null
    )
    """,
)
