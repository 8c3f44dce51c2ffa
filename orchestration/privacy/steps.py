"""The steps of an erasure; each can be done again, and leaves the same."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import duckdb

from orchestration.audit import Action, record, records
from orchestration.audit.anchors import anchor
from orchestration.database import open_warehouse
from orchestration.ingest.engine import Connection
from orchestration.privacy import certificate as certificates
from orchestration.privacy import copies, landing, scan
from orchestration.privacy import subjects as persons
from orchestration.privacy.certificate import Certificate
from orchestration.privacy.journal import Journal, folder_of, path_of
from orchestration.privacy.rewriting import rewrite
from orchestration.privacy.subjects import Contracts
from orchestration.privacy.warehouse import Forgetting
from orchestration.revision import code_revision
from orchestration.serving.shelf import Shelf
from orchestration.settings import Settings
from orchestration.sql import Row, rows_of

SIMULATOR = ".simulation"
"""The simulator's own books, which a real operator's files do not come with."""

_STATUS = """
    select request_id, count(*) as held_count, max(held_until) as held_until
    from vault.held_records group by request_id
"""


class Steps:
    """The steps of one erasure.

    Args:
        settings: Which warehouse.
        contracts: Contract by (source, table).
        journal: What is erased, and how far that has come.
    """

    def __init__(
        self, settings: Settings, contracts: Contracts, journal: Journal
    ) -> None:
        self._settings = settings
        self._contracts = contracts
        self._journal = journal

    def in_order(self) -> list[tuple[str, Callable[[], None]]]:
        """Names and steps."""
        return [
            ("look for what tells of them", self._look),
            ("write landed files anew", self._prepare_landing),
            ("put landed files in place", self._replace_landing),
            ("write the warehouse anew", self._warehouse),
            ("write publications and exports anew", self._copies),
            ("remove temporary files", self._leftovers),
            ("scan every file", self._certify),
            ("put it on record", self._record),
        ]

    def certificate(self) -> Certificate:
        """The certificate that was written."""
        return certificates.read(self._settings, self._journal.certificate)

    def _look(self) -> None:
        landed = landing.personal_texts(
            self._settings.landing, self._contracts, list(self._journal.customers)
        )
        with self._old() as connection:
            persons.declare_landed(connection, landed)
            plain = persons.telling_texts(
                connection, self._contracts, self._journal.subjects
            )
        hashed = persons.hashes_of(plain)
        self._journal.texts = plain | hashed
        found = self._scan()
        # Of hashes only those that are stored somewhere.
        kept = {text: hashed[text] for text in hashed.keys() & found.texts}
        self._journal.texts = plain | kept
        self._journal.before = certificates.by_place(found)
        self._journal.found_before = len(found.texts)

    def _prepare_landing(self) -> None:
        self._journal.landing, self._journal.unreadable = landing.prepare(
            self._settings.landing,
            self._contracts,
            self._journal.customers,
            list(self._journal.texts),
            self._refused(),
        )

    def _refused(self) -> dict[str, list[int]]:
        """Path below landing -> rows that a load refused."""
        found: dict[str, list[int]] = {}
        with self._old() as connection:
            for path, row in connection.execute(
                "select distinct path, file_row from old.raw.quarantine "
                "inner join old.raw.files using (file_id) where file_row is not null"
            ).fetchall():
                found.setdefault(path, []).append(row)
        return found

    def _replace_landing(self) -> None:
        landing.put_in_place(
            self._settings.landing, self._journal.landing, self._journal.unreadable
        )

    def _warehouse(self) -> None:
        new = Forgetting(self._contracts, self._journal)
        counts = rewrite(
            self._settings.database, new.rows, prepare=new.prepare, add=new.add
        )
        told = {".".join(relation): count for relation, count in counts.items()}
        self._journal.counts = told | self._journal.counts

    def _copies(self) -> None:
        texts = dict(self._journal.texts)
        with Shelf(self._settings.serving).only_publisher():
            for path in copies.publications(self._settings):
                if copies.forget_in_publication(path, self._journal):
                    self._rewritten(path.relative_to(self._settings.home).as_posix())
        for path in copies.exports(self._settings):
            if copies.forget_in_export(path, texts):
                self._rewritten(path.relative_to(self._settings.home).as_posix())

    def _rewritten(self, name: str) -> None:
        if name not in self._journal.rewritten:
            self._journal.rewritten.append(name)

    def _leftovers(self) -> None:
        self._journal.removed += copies.clear_leftovers(self._settings)

    def _certify(self) -> None:
        found = self._scan()
        held = {
            text
            for one in found.found
            if one.part == certificates.HELD
            for text in one.texts
        }
        journal = self._journal
        content = {
            "requests": self._requests(),
            "day": journal.today,
            "completed_at": datetime.now(UTC).replace(tzinfo=None),
            "code_revision": code_revision(),
            "texts_looked_for": len(persons.long_enough(journal.texts)),
            "texts_found_before": journal.found_before,
            "texts_by_place_before": journal.before,
            "texts_by_place_after": certificates.by_place(found),
            "texts_held_by_law": len(held),
            "left_over": certificates.left_over(found, held),
            "files_scanned": found.files,
            "files_unreadable": found.unreadable,
            "rows_deleted": {
                relation: before - after
                for relation, (before, after) in journal.counts.items()
                if before != after
            },
            "relations_rewritten": sorted(journal.counts),
            "landed_files_rewritten": len(journal.landing),
            "landed_files_removed_unreadable": len(journal.unreadable),
            "copies_rewritten": journal.rewritten,
            "temporary_files_removed": len(journal.removed),
        }
        journal.certificate = certificates.write(self._settings, content).name

    def _record(self) -> None:
        written = self.certificate()
        told = {
            "requests": [row["request_id"] for row in self._requests()],
            "certificate": written.name,
            "certificate_hash": written.hash,
        }
        if not any(one.details == told for one in records(self._settings)[-9:]):
            record(self._settings, Action.ERASE, told)
        with open_warehouse(self._settings, erasing=True) as connection:
            connection.begin()
            connection.execute(
                "delete from vault.erasures where certificate = ?", [written.name]
            )
            for row in self._requests(connection):
                connection.execute(
                    "insert into vault.erasures values ($request_id, $ground, $status, "
                    "$certificate, $hash, $held_count, $day, $held_until, $completed)",
                    row
                    | {
                        "certificate": written.name,
                        "hash": written.hash,
                        "day": self._journal.today,
                        "completed": datetime.now(UTC).replace(tzinfo=None),
                    },
                )
            anchor(self._settings, connection)
            connection.commit()
            connection.execute("checkpoint")

    def _requests(self, connection: Connection | None = None) -> list[Row]:
        """Each request's status: erased, or restricted until a day."""
        if connection is None:
            with open_warehouse(self._settings, read_only=True) as opened:
                return self._requests(opened)
        held = {row["request_id"]: row for row in rows_of(connection, _STATUS)}
        return [
            {
                "request_id": one.request_id,
                "ground": one.ground,
                "status": "restricted" if one.request_id in held else "erased",
                "held_count": held.get(one.request_id, {}).get("held_count", 0),
                "held_until": held.get(one.request_id, {}).get("held_until"),
            }
            for one in self._journal.subjects
        ]

    def _scan(self) -> scan.Scan:
        home = self._settings.home
        return scan.scan(
            home,
            persons.long_enough(self._journal.texts),
            skip=[
                path_of(self._settings),
                home / "landing" / SIMULATOR,
                home / "outbox",
                folder_of(self._settings) / "certificates",
            ],
        )

    @contextmanager
    def _old(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The warehouse as `old`, to read, with the persons declared."""
        with duckdb.connect() as connection:
            connection.execute(
                "attach ? as old (read_only)", [str(self._settings.database)]
            )
            persons.declare(connection, self._journal.subjects)
            yield connection
