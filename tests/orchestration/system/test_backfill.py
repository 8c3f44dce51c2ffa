"""Rules change: what was known stays, what is known now is as if they always held."""

import pickle
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from operator_under_test import Warehouse, simulated

from orchestration.backfill import command
from orchestration.backfill.command import Request, backfill
from orchestration.backfill.run import post
from orchestration.backfill.window import Cost
from orchestration.bookkeeping import unbuilt_loads
from orchestration.database import open_warehouse
from orchestration.errors import WarehouseError
from orchestration.filings.file import file_report
from orchestration.filings.periods import period_of
from orchestration.filings.register import proof, restatements
from orchestration.filings.request import Request as Filing
from orchestration.settings import PROJECT_DIR, Settings
from orchestration.transform import dbt
from orchestration.transform.build import ensure_warehouse, finish_window
from orchestration.transform.windows import open_window

SOURCES = frozenset({"bonuses", "fx", "payments", "wallet"})
REPORTS = (
    ("daily_revenue", "2026-03-27"),
    ("monthly_revenue", "2026-03"),
    ("open_bets", "2026-03-28"),
    ("customer_funds", "2026-03-28"),
    ("tax_accruals", "2026-03"),
    ("tax_accruals", "2026-Q1"),
)
# A row of each kind of rule, and a model's SQL.
CHANGES = {
    "seeds/jurisdictions.csv": ("Europe/London", "America/New_York"),
    "seeds/tax_rates.csv": ("US-NJ-SW,0,,0.1975,", "US-NJ-SW,0,,0.21,"),
    "models/intermediate/finance/int_bonus_costs_posted.sql": (
        "in ('void', 'push', 'cancelled')", "in ('cancelled')",
    ),
}  # fmt: skip
# What is known now, without when it became known.
NOW = {
    "daily revenue": """
        select * exclude (version, code_revision, known_from, known_to)
        from finance.rpt_daily_revenue_versions
        where known_to = timestamp '9999-12-31'
            and (bet_count <> 0 or handle_amount <> 0 or settled_stake_amount <> 0
                or payout_amount <> 0 or bonus_handle_amount <> 0
                or bonus_settled_stake_amount <> 0 or bonus_payout_amount <> 0)
    """,
    "taxes": """
        select tax_id, period_start_date, base_amount, taxable_amount, tax_amount,
            effective_rate
        from finance.rpt_tax_accruals where known_to = timestamp '9999-12-31'
    """,
    "net revenue": """
        select jurisdiction, currency_code, product, channel, basis, gaming_date,
            bonus_cost_amount, duty_amount, ngr_amount
        from finance.rpt_revenue_versions
        where known_to = timestamp '9999-12-31'
            and (handle_amount <> 0 or settled_stake_amount <> 0 or payout_amount <> 0
                or bonus_cost_amount <> 0)
    """,
    "funds": """
        select jurisdiction, currency_code, gaming_date, sum(cash_amount) as cash,
            sum(bonus_amount) as bonus, sum(pending_withdrawal_amount) as pending
        from finance.fct_customer_funds_changes group by all
        having cash <> 0 or bonus <> 0 or pending <> 0
    """,
    "open bets": "select * exclude known_at from finance.fct_open_bets",
    "entries": """
        select bet_id, settlement_version, placed_date, effective_date,
            sum(bet_count), sum(handle_amount), sum(settled_stake_amount),
            sum(payout_amount), sum(bonus_payout_amount)
        from finance.fct_bet_ledger_entries group by all
        having sum(bet_count) <> 0 or sum(handle_amount) <> 0
            or sum(settled_stake_amount) <> 0 or sum(payout_amount) <> 0
    """,
}
POSTED = (
    "finance.fct_bet_ledger_entries", "finance.fct_revenue_changes",
    "finance.fct_tax_accruals", "intermediate.int_bonus_costs_posted",
    "intermediate.int_customer_funds_posted",
)  # fmt: skip
KILLED_BEFORE_COMMIT = """
import os, pickle, signal, sys
from pathlib import Path
from orchestration.backfill import run
from orchestration.database import open_warehouse
from orchestration.settings import Settings
run._record = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
home = Path(sys.argv[1])
with open_warehouse(Settings(home)) as connection:
    run.post(connection, *pickle.loads((home / "asked").read_bytes()))
"""
FOR_EVER = datetime(9999, 12, 31)
YEAR = Request(date(2026, 1, 1), date(2026, 12, 31), reason="test")


@pytest.fixture(scope="module")
def other_rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with other rules."""
    project = tmp_path_factory.mktemp("project")
    for name in (*dbt.DECLARATIONS, "profiles", ".dbtignore"):
        there = PROJECT_DIR / name
        (shutil.copytree if there.is_dir() else shutil.copy)(there, project / name)
    for name, (old, new) in CHANGES.items():
        text = (project / name).read_text()
        assert old in text
        (project / name).write_text(text.replace(old, new))
    return project


@pytest.fixture(scope="module")
def under_old_rules(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Built, and filed as known before the last loads."""
    simulation = simulated(
        tmp_path_factory.mktemp("outbox"), 10, days=5, bets_per_day=120, sources=SOURCES
    )
    warehouse = Warehouse(tmp_path_factory.mktemp("home"))
    for delivery in simulation.deliveries:
        warehouse.take_in(simulation, delivery)
    _build(warehouse.settings)
    moment = warehouse.loads[4][0]
    with open_warehouse(warehouse.settings) as connection:
        for report, period in REPORTS:
            what = Filing(report, period_of(period), "Finance", "test", moment)
            file_report(connection, what)
    return warehouse


@pytest.fixture(scope="module")
def last_load(under_old_rules: Warehouse) -> datetime:
    return under_old_rules.loads[-1][0]


@pytest.fixture(scope="module")
def before(under_old_rules: Warehouse) -> dict[str, list[tuple[Any, ...]]]:
    return {name: _rows(under_old_rules, name) for name in POSTED}


@pytest.fixture(scope="module")
def as_if_always(
    under_old_rules: Warehouse,
    other_rules: Path,
    before: dict[str, Any],
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, list[tuple[Any, ...]]]:
    """What a warehouse says that knew the other rules from the beginning."""
    home = tmp_path_factory.mktemp("other") / "home"
    assert before
    shutil.copytree(under_old_rules.home, home)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(dbt, "PROJECT_DIR", other_rules)
        _build(Warehouse(home).settings, "--full-refresh")
    return _now(Warehouse(home))


@pytest.fixture(scope="module")
def estimates() -> list[Cost]:
    return []


@pytest.fixture(scope="module")
def warehouse(
    under_old_rules: Warehouse,
    other_rules: Path,
    as_if_always: dict[str, Any],
    estimates: list[Cost],
) -> Iterator[Warehouse]:
    """After a backfill of the year."""
    assert as_if_always

    def post_after_a_kill(
        connection: duckdb.DuckDBPyConnection, *asked: Any, **options: Any
    ) -> tuple[dict[str, int], Cost]:
        _kill_on_a_copy(connection, under_old_rules, asked)
        return post(connection, *asked, **options)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(dbt, "PROJECT_DIR", other_rules)
        patched.setattr(command, "build", _build)
        patched.setattr(command, "post", post_after_a_kill)
        counts, _ = backfill(under_old_rules.settings, YEAR, estimated=estimates.append)
        assert all(counts.values()), counts
        yield under_old_rules


def _kill_on_a_copy(
    connection: duckdb.DuckDBPyConnection, warehouse: Warehouse, asked: Any
) -> None:
    """Killed when all is posted and nothing committed: nothing has happened."""
    copy = Warehouse(warehouse.home / "killed")
    copy.home.mkdir()
    connection.execute("checkpoint")
    shutil.copy(warehouse.settings.database, copy.settings.database)
    (copy.home / "asked").write_bytes(pickle.dumps(asked))
    process = subprocess.run(
        [sys.executable, "-c", KILLED_BEFORE_COMMIT, str(copy.home)],
        cwd=PROJECT_DIR,
        check=False,
        capture_output=True,
    )
    assert process.returncode == -signal.SIGKILL, process.stderr
    assert copy.rows("select * from raw.backfills") == []
    for name in POSTED:
        assert _rows(copy, name) == connection.execute(_of(name), [FOR_EVER]).fetchall()


@pytest.mark.slow
def test_what_was_known_stays(
    warehouse: Warehouse, before: dict[str, list[tuple[Any, ...]]], last_load: datetime
) -> None:
    for name, rows in before.items():
        assert _rows(warehouse, name, last_load) == rows


@pytest.mark.slow
def test_what_is_known_now_is_as_if_the_rules_had_always_held(
    warehouse: Warehouse, as_if_always: dict[str, list[tuple[Any, ...]]]
) -> None:
    now = _now(warehouse)
    for name, rows in as_if_always.items():
        assert len(rows) > 3
        assert now[name] == rows, name


@pytest.mark.slow
def test_filings_reproduce_and_the_register_says_code_change(
    warehouse: Warehouse, last_load: datetime
) -> None:
    with open_warehouse(warehouse.settings, read_only=True) as connection:
        changed = 0
        for number in range(1, len(REPORTS) + 1):
            assert all(proof(connection, number).values())
            known_before = restatements(connection, number, last_load)
            assert "code_change" not in {row["cause"] for row in known_before}
            rows = restatements(connection, number)
            assert "unexplained" not in {row["cause"] for row in rows}
            assert [row for row in rows if row["cause"] != "code_change"] == [
                row | {"known_amount": _known(rows, row)} for row in known_before
            ]
            changed += any(row["cause"] == "code_change" for row in rows)
        assert changed >= 4
        kept = connection.execute(
            "select count(*) from finance.rpt_restatements where cause = 'unexplained'"
        ).fetchall()
        assert kept == [(0,)]


@pytest.mark.slow
def test_the_tax_moves_by_the_rate(warehouse: Warehouse) -> None:
    [(taxable, tax)] = warehouse.rows(
        """
        select sum(taxable_amount), sum(tax_amount) from finance.rpt_tax_accruals
        where tax_id = 'US-NJ-SW' and known_to = timestamp '9999-12-31'
        """
    )
    assert abs(tax - taxable * Decimal("0.21")) <= Decimal("0.01")


@pytest.mark.slow
def test_figures_carry_the_revision_that_made_them(warehouse: Warehouse) -> None:
    [(known_at, revision, rows, estimated, measured, posted)] = warehouse.rows(
        """
        select known_at, code_revision, row_count, estimated_seconds,
            measured_seconds, posted_count
        from raw.backfills
        """
    )
    assert rows > 500
    assert estimated > 0
    assert measured > 0
    assert posted > 50
    for name, moment in (
        ("fct_revenue_changes", "known_at"),
        ("fct_tax_accruals", "known_at"),
        ("rpt_daily_revenue_versions", "known_from"),
    ):
        assert warehouse.rows(
            f"select distinct code_revision from finance.{name} where {moment} = $1",
            known_at,
        ) == [(revision,)]
    assert warehouse.rows(
        "select distinct cause from finance.fct_bet_ledger_entries where known_at = $1",
        known_at,
    ) == [("code_change",)]


@pytest.mark.slow
def test_cost_is_estimated_before(estimates: list[Cost], warehouse: Warehouse) -> None:
    assert warehouse
    [cost] = estimates
    assert cost.rows > 500
    assert 4 < len(cost.days) < 15
    assert cost.seconds is None
    assert cost.estimated_seconds is not None


@pytest.mark.slow
def test_a_second_backfill_posts_nothing(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "post", post)
    loads = warehouse.rows("select * from raw.loads order by all")
    counts, cost = backfill(warehouse.settings, YEAR)
    assert set(counts.values()) == {0}
    assert cost.estimated_seconds is not None
    assert warehouse.rows("select * from raw.loads order by all") == loads
    [first, second] = warehouse.rows(
        "select known_at, row_count, measured_seconds from raw.backfills order by 1"
    )
    assert (second[0], second[1]) == (None, first[1])


@pytest.mark.slow
def test_what_cannot_be_backfilled_is_refused(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(WarehouseError, match="no model nonsense"):
        backfill(warehouse.settings, Request(YEAR.first, YEAR.last, ("nonsense",)))
    with pytest.raises(WarehouseError, match="is before"):
        backfill(warehouse.settings, Request(YEAR.last, YEAR.first))
    with open_warehouse(warehouse.settings, read_only=True) as connection:
        assert unbuilt_loads(connection) == 0
    monkeypatch.setattr(
        "orchestration.backfill.command.unbuilt_loads", lambda _connection: 1
    )
    with pytest.raises(WarehouseError, match="not built"):
        backfill(warehouse.settings, YEAR)


def _build(settings: Settings, *options: str) -> None:
    """What of a build this is about: revenue, taxes, funds and the register."""
    ensure_warehouse(settings)
    with open_warehouse(settings) as connection:
        last = connection.execute("select max(known_at) from raw.loads").fetchone()
        assert last is not None
        open_window(connection, last[0])
    selected = (
        "resource_type:seed",
        "+rpt_restatements",
        "+rpt_customer_funds",
        "+fct_open_bets",
    )
    without = ("--exclude-resource-type", "test", "unit_test", "snapshot")
    dbt.run(settings, ["build", "--select", *selected, *without, *options])
    finish_window(settings)


def _of(relation: str) -> str:
    # The day on which it was booked depends on the time zone, and is told when asked.
    booked = " exclude booked_date" if "ledger" in relation else ""
    return f"select *{booked} from {relation} where known_at <= $1 order by all"


def _rows(
    warehouse: Warehouse, relation: str, until: datetime = FOR_EVER
) -> list[tuple[Any, ...]]:
    return warehouse.rows(_of(relation), until)


def _now(warehouse: Warehouse) -> dict[str, list[tuple[Any, ...]]]:
    return {
        name: warehouse.rows(f"select * from ({query}) order by all")
        for name, query in NOW.items()
    }


def _known(rows: list[dict[str, Any]], row: dict[str, Any]) -> Decimal:
    """What is known of a row's figure now."""
    return next(
        one["known_amount"]
        for one in rows
        if list(one.values())[:4] == list(row.values())[:4]
    )
