"""Whom a request is about, and the texts by which they could be found."""

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import md5

import duckdb

from orchestration.ingest.contract import Column, TableContract

WINDOW = 8
"""Bytes by which a text is recognised; a shorter one could be anything."""

Contracts = Mapping[tuple[str, str], TableContract]


class Ground(StrEnum):
    """Why a person may ask for erasure: article 17(1) of the GDPR, (a) to (f)."""

    NO_LONGER_NECESSARY = "no_longer_necessary"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    OBJECTION = "objection"
    UNLAWFUL_PROCESSING = "unlawful_processing"
    LEGAL_OBLIGATION = "legal_obligation"
    CHILD = "child"


@dataclass(frozen=True)
class Subject:
    """A person to erase.

    Attributes:
        customer_id: Under which the sources know them.
        pseudonym: Random text that takes its place.
        request_id: Number of their request.
        ground: One of `Ground`.
    """

    customer_id: str
    pseudonym: str
    request_id: str
    ground: str


def new_pseudonym() -> str:
    """A text that nothing leads back from."""
    return f"erased-{secrets.token_hex(16)}"


def personal_columns(contract: TableContract) -> list[Column]:
    """Columns that identify a person, directly or not."""
    return [c for c in contract.scalars if c.pii != "none"]


def owned(contracts: Contracts) -> Iterator[TableContract]:
    """Tables whose rows are each about one customer."""
    for contract in contracts.values():
        if any(c.name == "customer_id" for c in contract.scalars):
            yield contract


def declare(connection: duckdb.DuckDBPyConnection, subjects: Iterable[Subject]) -> None:
    """Make the temp table `subjects` of a connection."""
    connection.execute(
        "create or replace temp table subjects (customer_id varchar, "
        "pseudonym varchar, request_id varchar)"
    )
    connection.executemany(
        "insert into subjects values (?, ?, ?)",
        [(one.customer_id, one.pseudonym, one.request_id) for one in subjects],
    )


def declare_landed(
    connection: duckdb.DuckDBPyConnection, texts: Iterable[tuple[str, str]]
) -> None:
    """Make the temp table `landed_texts` of a connection: customer and text."""
    connection.execute(
        "create or replace temp table landed_texts (customer_id varchar, value varchar)"
    )
    rows = list(texts)
    connection.execute(
        "insert into landed_texts select unnest(?::varchar[]), unnest(?::varchar[])",
        [[customer for customer, _ in rows], [text for _, text in rows]],
    )


def telling_texts(
    connection: duckdb.DuckDBPyConnection,
    contracts: Contracts,
    subjects: Sequence[Subject],
) -> dict[str, str]:
    """Texts that are told of one of these persons and of nobody else.

    A name alone, or a text of less than eight bytes, tells nobody apart; rows are
    checked for those.

    Args:
        connection: The warehouse as `old`, with temp tables `subjects` and
            `landed_texts`: what files say of them, refused rows included.
        contracts: Contract by (source, table).
        subjects: The persons.

    Returns:
        Text -> pseudonym of whom it tells; identifiers of the customers included.
    """
    delivered = [_values(contract) for contract in owned(contracts)]
    refused = "select customer_id, value from landed_texts"
    told = " union all ".join([*delivered, _held(contracts), refused])
    rows = connection.execute(
        f"""
        with told as ({told}),
        theirs as (
            select distinct value from told semi join subjects using (customer_id)
            where strlen(value) >= {WINDOW} and regexp_matches(value, '[^\\pL]')
        )
        select value, min(subjects.pseudonym)
        from told semi join theirs using (value)
        left join subjects using (customer_id)
        group by value having count(distinct customer_id) = 1
        """
    ).fetchall()
    return dict(rows) | {one.customer_id: one.pseudonym for one in subjects}


def hashes_of(texts: Mapping[str, str]) -> dict[str, str]:
    """What staging makes of telling texts, with their pseudonyms."""
    return {
        md5(text.encode(), usedforsecurity=False).hexdigest(): pseudonym
        for text, pseudonym in texts.items()
    }


def long_enough(texts: Iterable[str]) -> list[str]:
    """Those that can be looked for anywhere; a shorter one could mean anything."""
    return [text for text in texts if len(text.encode()) >= WINDOW]


def _held(contracts: Contracts) -> str:
    """SELECT of the same of the records that the law has us keep."""
    names = {
        f"'{c.name}'"
        for contract in owned(contracts)
        for c in personal_columns(contract)
        if c.family == "varchar"
    }
    return (
        "select customer_id, field.value ->> '$' as value "
        "from old.vault.held_records, json_each(record) as field "
        f"where field.key in ({', '.join(sorted(names))}) and field.type = 'VARCHAR'"
    )


def _values(contract: TableContract) -> str:
    """SELECT of customer_id and value of all personal texts of a table."""
    parts = [
        f'select customer_id, "{c.name}" as value from old.raw.{contract.relation}'
        for c in contract.raw_columns
        if c.pii == "indirect" and c.family == "varchar"
    ]
    parts += [
        f'select stated.customer_id, vaulted."{c.name}" as value '
        f"from old.vault.{contract.relation} as vaulted "
        f"inner join old.raw.{contract.relation} as stated "
        f"using ({', '.join((*contract.key, 'revision'))})"
        for c in contract.vault_columns
        if c.family == "varchar"
    ]
    nothing = "select '' as customer_id, '' as value where false"
    return " union all ".join(parts or [nothing])
