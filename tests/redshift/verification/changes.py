"""What makes the second input differ from the first, and whether it did."""

from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.redshift.verification.pair import Side

CLOSED = 5


def closed_accounts(outbox: Path, profiles: Path, at: datetime) -> Path:
    """Some customers close their accounts, told in a file with a column more.

    Args:
        outbox: Folder of all files.
        profiles: A file of profiles in it.
        at: When they do.

    Returns:
        The new file, relative to the outbox.
    """
    rows = pq.read_table(outbox / profiles).slice(0, CLOSED).to_pylist()
    for row in rows:
        row |= {
            "account_status": "closed",
            "updated_at": at,
            "recorded_at": at + timedelta(seconds=1),
        }
    schema = pq.read_schema(outbox / profiles)
    table = pa.Table.from_pylist(rows, schema)
    table = table.append_column("closing_reason", pa.array(["own wish"] * len(rows)))
    file = profiles.parent / "closed.parquet"
    pq.write_table(table, outbox / file)
    return file


def kinds(side: Side, before: datetime) -> dict[str, int]:
    """How many rows of each kind became known after a moment."""
    queries = {
        "late settlements": """
            select count(*) from "raw".betting__bet_settlements as settlements
            inner join "raw".betting__bets_placed as bets
                on settlements.bet_key = bets.bet_key
            where bets.known_at <= ? and settlements.known_at > ?
        """,
        "changed customers": """
            select count(*) from snapshots.snap_customers__profiles
            where known_from <= ? and known_to > ? and known_to < '9999-12-31'
        """,
        "closed accounts": """
            select count(*) from "raw".customers__customer_profiles as profiles
            where account_status = 'closed' and known_at > ? and known_at > ?
        """,
        "corrected rows": """
            select count(*) from (
                select revision, known_at from "raw".betting__bets_placed
                union all
                select revision, known_at from "raw".betting__bet_settlements
                union all
                select revision, known_at from "raw".customers__customer_profiles
            ) as revisions
            where known_at > ? and known_at > ? and revision > 1
        """,
        "files with a new column": """
            select count(*) from "raw".files
            where message like 'ignored columns%' and known_at > ? and known_at > ?
        """,
    }
    return {
        kind: int(side.rows(query, [before, before])[0][0])
        for kind, query in queries.items()
    }
