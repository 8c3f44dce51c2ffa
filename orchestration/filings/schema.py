"""Relations that hold filings: rows are added, none is ever changed."""

RELATIONS = (
    "create schema if not exists filings",
    """
    create table if not exists filings.filings (
        filing_id bigint not null,
        supersedes_filing_id bigint,
        report varchar(32) not null,
        period varchar(16) not null,
        period_kind varchar(8) not null,
        parameters varchar(1024) not null,
        code_revision varchar(64) not null,
        content_hash varchar(64) not null,
        filed_by varchar(128) not null,
        reason varchar(512) not null,
        line_count bigint not null,
        period_start_date date not null,
        period_end_date date not null,
        known_at timestamp not null,
        filed_at timestamp not null
    )
    """,
    """
    create table if not exists filings.lines (
        filing_id bigint not null,
        jurisdiction varchar(16) not null,
        currency_code varchar(3) not null,
        line_item varchar(32) not null,
        measure varchar(64) not null,
        amount decimal(18, 2) not null
    )
    """,
)
