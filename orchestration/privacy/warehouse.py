"""The warehouse without the persons who are forgotten."""

import duckdb

from orchestration.privacy import holds
from orchestration.privacy import subjects as persons
from orchestration.privacy.forgetting import declare_texts, forgotten, raw_forgotten
from orchestration.privacy.journal import Journal
from orchestration.privacy.rewriting import Rows
from orchestration.privacy.subjects import Contracts
from orchestration.privacy.tombstones import Tombstones


class Forgetting:
    """What `rewriting.rewrite` asks about the warehouse.

    Args:
        contracts: Contract by (source, table).
        journal: What is erased.
    """

    def __init__(self, contracts: Contracts, journal: Journal) -> None:
        self._contracts = contracts
        self._journal = journal

    def prepare(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Make the temp tables that `rows` and `add` read."""
        persons.declare(connection, self._journal.subjects)
        declare_texts(connection, dict(self._journal.texts))
        kept = holds.holds_of(connection, self._journal.today)
        holds.declare(connection, kept)
        connection.execute(
            "create or replace temp table restamped (path varchar, checksum varchar, "
            "size_bytes bigint, modified_ns bigint)"
        )
        stamps = [(path, *stamp) for path, stamp in self._journal.landing.items()]
        if stamps:
            connection.executemany("insert into restamped values (?, ?, ?, ?)", stamps)

    def rows(self, connection: duckdb.DuckDBPyConnection) -> Rows:
        """SELECTs of the relations that change."""
        changed = dict(raw_forgotten(self._contracts, forgotten(connection)))
        changed["raw", "files"] = """
            select files.* replace (
                coalesce(restamped.checksum, files.checksum) as checksum,
                coalesce(restamped.size_bytes, files.size_bytes) as size_bytes,
                coalesce(restamped.modified_ns, files.modified_ns) as modified_ns
            )
            from old.raw.files as files left join restamped using (path)
        """
        changed["vault", "held_records"] = (
            "select held.* from old.vault.held_records as held "
            "left join subjects using (customer_id) "
            "where subjects.customer_id is null "
            f"or held_until > date '{self._journal.today}'"
        )
        return changed

    def add(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Whom nothing is taken in about any more, and what the law has us keep."""
        connection.execute("use new")
        stones = Tombstones.of(connection)
        connection.execute("use memory")
        new = {stones.hash_of(one) for one in self._journal.customers} - stones.hashes
        if new:
            connection.executemany(
                "insert into new.vault.tombstones values (?, ?, ?)",
                [(one, stones.salt, self._journal.today) for one in sorted(new)],
            )
        connection.execute(
            "insert into new.vault.held_records " + holds.held_records(self._contracts)
        )
