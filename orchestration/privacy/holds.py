"""Which records of a person the law has us keep, and until when."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import duckdb

from orchestration.privacy.subjects import Contracts, owned, personal_columns
from orchestration.seeds import read_seed

_RELATIONSHIPS = """
    select customer_id, jurisdiction,
        case when account_status = 'closed' then cast(updated_at as date) end as ended
    from old.raw.customers__customer_profiles semi join subjects using (customer_id)
    qualify row_number() over (
        partition by customer_id order by updated_at desc, revision desc
    ) = 1
"""


class Hold(NamedTuple):
    """Records of a kind that are kept of a person, until a day (which is not in it)."""

    customer_id: str
    record_kind: str
    hold_name: str
    held_until: date


def holds_of(connection: duckdb.DuckDBPyConnection, today: date) -> list[Hold]:
    """The longest hold in force for each person and kind of record.

    Counted from the end of the business relationship: the day on which the account was
    closed or, when it never was, the day of the request.

    Args:
        connection: The warehouse as `old`, with temp table `subjects`.
        today: Day of the request.
    """
    policy = [row for row in read_seed("legal_holds") if _in_force(row, today)]
    found: dict[tuple[str, str], Hold] = {}
    for customer_id, jurisdiction, ended in connection.execute(
        _RELATIONSHIPS
    ).fetchall():
        for row in policy:
            until = _years_after(ended or today, int(row["hold_years"]))
            if row["jurisdiction"] != jurisdiction or until <= today:
                continue
            kind = row["record_kind"]
            hold = Hold(customer_id, kind, row["hold_name"], until)
            longest = found.setdefault((customer_id, kind), hold)
            if until > longest.held_until:
                found[customer_id, kind] = hold
    return list(found.values())


def declare(connection: duckdb.DuckDBPyConnection, holds: Sequence[Hold]) -> None:
    """Make the temp table `holds` of a connection."""
    connection.execute(
        "create or replace temp table holds (customer_id varchar, record_kind varchar, "
        "hold_name varchar, held_until date)"
    )
    if holds:
        connection.executemany("insert into holds values (?, ?, ?, ?)", holds)


def held_records(contracts: Contracts) -> str:
    """SELECT of what is kept, a row for each revision of a record, as JSON."""
    parts = []
    for contract in owned(contracts):
        personal = personal_columns(contract)
        if contract.record_kind is None or not personal:
            continue
        key = [*contract.key, "revision"]
        direct = {c.name for c in contract.vault_columns}
        names = [*key, "known_at", *(c.name for c in personal)]
        fields = ", ".join(
            f'"{name}" := {"vaulted" if name in direct else "stated"}."{name}"'
            for name in names
        )
        vault = f"old.vault.{contract.relation}"
        joined = f"left join {vault} as vaulted using ({', '.join(key)})"
        parts.append(
            f"select stated.customer_id, pseudonym, request_id, "
            f"'{contract.relation}', holds.record_kind, hold_name, "
            f"cast(to_json(struct_pack({fields})) as varchar), held_until "
            f"from old.raw.{contract.relation} as stated "
            f"inner join subjects using (customer_id) "
            f"inner join holds on holds.customer_id = stated.customer_id "
            f"and holds.record_kind = '{contract.record_kind}' "
            + (joined if direct else "")
        )
    return " union all ".join(parts)


def _in_force(row: dict[str, str], today: date) -> bool:
    return row["valid_from"] <= today.isoformat() < row["valid_to"]


def _years_after(day: date, years: int) -> date:
    """The same day some years later; 1 March for 29 February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
