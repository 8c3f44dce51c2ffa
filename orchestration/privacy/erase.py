"""Erase persons: everywhere, to the end, with proof."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime

from orchestration.database import open_warehouse
from orchestration.errors import WarehouseError
from orchestration.ingest.contract import contracts_of
from orchestration.ingest.engine import Connection
from orchestration.ingest.schema import ensure_relations
from orchestration.privacy import journal as journals
from orchestration.privacy.certificate import Certificate
from orchestration.privacy.journal import Journal
from orchestration.privacy.steps import Steps
from orchestration.privacy.subjects import Contracts, Subject, owned
from orchestration.settings import Settings
from orchestration.sql import rows_of
from orchestration.transform import dbt

Progress = Callable[[str], None]

_LAPSED = """
    select distinct held.customer_id, held.pseudonym, held.request_id, requests.ground
    from vault.held_records as held
    inner join vault.erasures as requests using (request_id)
    where held.held_until <= $today
    order by held.request_id
"""


def erase(
    settings: Settings,
    subjects: Sequence[Subject],
    *,
    today: date | None = None,
    progress: Progress = lambda step: None,
) -> Certificate:
    """Erase customers, all in one go: each file is written anew once.

    What the law has us keep stays in `vault.held_records` until its day.

    Args:
        settings: Which warehouse.
        subjects: Whom.
        today: Day of the requests. Default: the day it is, UTC.
        progress: Called with the name of each step.

    Raises:
        WarehouseError: Nothing is known of one of them, one was asked for before, this
            is not the embedded engine, or another erasure is under way.
    """
    contracts = contracts_of(dbt.manifest(settings))
    _check_settings(settings)
    with open_warehouse(settings) as connection:
        ensure_relations(connection, contracts.values())
        for subject in subjects:
            _check(connection, contracts, subject)
        connection.execute("checkpoint")
        # Written down before the file is let go of, so that nobody comes in between.
        started = Journal(subjects, today or datetime.now(UTC).date())
        started.save(settings)
    return _to_the_end(settings, contracts, started, progress)


def finish_lapsed(
    settings: Settings,
    *,
    today: date | None = None,
    progress: Progress = lambda step: None,
) -> Certificate | None:
    """Erase what was held until today or before; None when there is none.

    Raises:
        WarehouseError: This is not the embedded engine, or an erasure is under way.
    """
    contracts = contracts_of(dbt.manifest(settings))
    _check_settings(settings)
    day = today or datetime.now(UTC).date()
    with open_warehouse(settings) as connection:
        ensure_relations(connection, contracts.values())
        rows = rows_of(connection, _LAPSED, {"today": day})
        if not rows:
            return None
        connection.execute("checkpoint")
        started = Journal([Subject(**row) for row in rows], day)
        started.save(settings)
    return _to_the_end(settings, contracts, started, progress)


def resume(
    settings: Settings, *, progress: Progress = lambda step: None
) -> Certificate | None:
    """Take an erasure that was interrupted to its end; None when there is none."""
    started = journals.unfinished(settings)
    if started is None:
        return None
    contracts = contracts_of(dbt.manifest(settings))
    return _to_the_end(settings, contracts, started, progress)


def _to_the_end(
    settings: Settings, contracts: Contracts, started: Journal, progress: Progress
) -> Certificate:
    steps = Steps(settings, contracts, started)
    for name, do in steps.in_order():
        progress(name)
        started.step(settings, name, do)
    certificate = steps.certificate()
    journals.close(settings)
    return certificate


def _check_settings(settings: Settings) -> None:
    if settings.target != "duckdb" or settings.landing_url:
        raise WarehouseError(
            "Erasure is built for the embedded engine and a landing directory.",
            "See docs/guides/privacy.md for what to do on Redshift and S3.",
            exit_code=2,
        )


def _check(connection: Connection, contracts: Contracts, subject: Subject) -> None:
    known = " union all ".join(
        f"select 1 from raw.{contract.relation} where customer_id = $customer_id"
        for contract in owned(contracts)
    )
    bound = {"customer_id": subject.customer_id}
    if connection.execute(f"{known} limit 1", bound).fetchone() is None:
        raise WarehouseError(
            f"Nothing is known of the customer of request {subject.request_id}.",
            "Load what has landed and look again; `warehouse erasures` lists whom "
            "requests were carried out for.",
            exit_code=2,
        )
    request = "select 1 from vault.erasures where request_id = ?"
    if connection.execute(request, [subject.request_id]).fetchone() is not None:
        raise WarehouseError(
            f"Request {subject.request_id} was carried out.",
            "Give each request its own number.",
            exit_code=2,
        )
