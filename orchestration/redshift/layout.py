"""How the relations that ingestion owns lie on the nodes of a cluster."""

from orchestration.ingest.contract import TableContract

BOOKKEEPING = (
    # Loaders and builds lock it, one at a time. Nobody reads it: a lock on a relation
    # that has readers would keep them waiting for the whole load.
    "create table if not exists raw.writer_lock (locked_at timestamp)",
)


def of_raw(contract: TableContract) -> str:
    """What follows the columns of a raw relation, its vault and its children.

    Rows lie by what they are joined on, so that a bet, its legs, its settlements and
    their postings meet on one slice. They are sorted by when they became known, which
    is how they arrive and how every increment asks for them.
    """
    return f" distkey({distribution_key(contract)}) compound sortkey(known_at)"


def distribution_key(contract: TableContract) -> str:
    """First column of the key, or the join key that stands for it."""
    return contract.lookup_key[0]
