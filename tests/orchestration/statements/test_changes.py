"""What a delivery changes, and what looks badly loaded."""

from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from senders import FEED, Figures, Receiver, usual
from typer.testing import CliRunner

from orchestration.audit import records
from orchestration.cli.app import app
from orchestration.errors import WarehouseError

LICENCES = ("GB", "ES", "NL", "SE")
RUN = CliRunner()


@pytest.fixture
def receiver(tmp_path: Path) -> Receiver:
    """Has taken in a year of four licences."""
    receiver = Receiver(tmp_path)
    receiver.take(usual(*LICENCES))
    return receiver


def test_a_first_delivery_is_new_and_a_repeated_one_changes_nothing(
    receiver: Receiver,
) -> None:
    assert {kind for *_, kind in receiver.changes()} == {"new_period"}
    report = receiver.take(usual(*LICENCES))
    assert report.total("rows_duplicate") == 48
    assert receiver.changes() == set()
    assert receiver.load().load_id is None


def test_every_kind_of_change_is_told(receiver: Receiver) -> None:
    figures = usual(*LICENCES)
    handle, ggr = figures["GB", "2025-03"]
    figures["GB", "2025-03"] = (handle + 7, ggr)
    handle, ggr = figures["ES", "2025-03"]
    figures["ES", "2025-03"] = (round(handle), ggr)
    del figures["NL", "2025-02"]
    figures["GB", "2026-01"] = (Decimal(1100), Decimal(120))
    figures["DK", "2025-12"] = (Decimal(500), Decimal(50))
    receiver.take(figures)
    assert receiver.changes() == {
        ("GB", "2025-03", "restatement"),
        ("ES", "2025-03", "rounding"),
        ("NL", "2025-02", "deletion"),
        ("GB", "2026-01", "new_period"),
        ("DK", "2025-12", "late_period"),
    }
    assert receiver.held() == {}
    figures["NL", "2025-02"] = usual(*LICENCES)["NL", "2025-02"]
    receiver.take(figures)
    assert receiver.changes() == {("NL", "2025-02", "reappearance")}


def swapped(figures: Figures) -> None:
    for entity, month in [key for key in figures if key[0] == "GB"]:
        one, other = figures[entity, month], figures["ES", month]
        figures[entity, month], figures["ES", month] = other, one


def copied(figures: Figures) -> None:
    for entity, month in [key for key in figures if key[0] == "GB"]:
        figures[entity, month] = figures["NL", month]


def totalled(figures: Figures) -> None:
    before = dict(figures)
    for _, month in [key for key in figures if key[0] == "GB"]:
        rows = [before[licence, month] for licence in LICENCES]
        figures["GB", month] = tuple(map(sum, zip(*rows, strict=True)))  # type: ignore[assignment]


def emptied(figures: Figures) -> None:
    for key in [key for key in figures if key[0] == "GB"][3:]:
        del figures[key]


def leapt(figures: Figures) -> None:
    handle, ggr = figures["GB", "2025-12"]
    figures["GB", "2025-12"] = (handle * 100, ggr * 100)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("spoil", "held"),
    [
        (swapped, {"GB": "entities_swapped", "ES": "entities_swapped"}),
        (copied, {"GB": "equal_to_another"}),
        (totalled, {"GB": "equal_to_total"}),
        (emptied, {"GB": "mass_deletion"}),
        (leapt, {"GB": "jump"}),
    ],
)
def test_a_bad_load_is_held_for_the_entity_that_it_spoils(
    receiver: Receiver, spoil: object, held: dict[str, str]
) -> None:
    figures = usual(*LICENCES)
    spoil(figures)  # type: ignore[operator]
    # Another licence's restatement in the same file is none of it.
    figures["SE", "2025-05"] = (Decimal("4321.00"), Decimal("410.00"))
    receiver.take(figures)
    assert receiver.held() == held
    receiver.take(usual(*LICENCES))
    assert receiver.held() == {}
    assert receiver.changes() == {("SE", "2025-05", "restatement")}


def test_an_older_file_that_comes_late_is_held(receiver: Receiver) -> None:
    figures = usual(*LICENCES)
    figures["GB", "2025-03"] = (Decimal(1050), Decimal(105))
    receiver.take(figures, "f_20251231.csv")
    assert receiver.held() == {"GB": "older_than_standing"}


def test_bad_rows_are_quarantined_and_delete_nothing(receiver: Receiver) -> None:
    lines = [f"{e},{p},{h},{g}" for (e, p), (h, g) in usual(*LICENCES).items()]
    lines[0] = "GB,2025-01,much,1"
    lines[1] = "GB,2025-02,1,1\nGB,2025-02,2,2"
    lines[2] = ",2025-03,1,1"
    receiver.write("\n".join(["licence,month,handle,ggr", *lines]))
    report = receiver.load()
    assert report.total("rows_quarantined") == 4
    assert report.total("rows_in") == 49
    assert report.total("rows_in") == sum(
        report.total(f"rows_{what}") for what in ("loaded", "duplicate", "quarantined")
    )
    assert receiver.changes() == set()
    assert receiver.rows(
        "select reason, file_row from raw.quarantine order by file_row"
    ) == [
        ("not_a_number", 0),
        ("ambiguous_key", 1),
        ("ambiguous_key", 2),
        ("missing_key", 3),
    ]


def test_a_file_that_cannot_be_read_stops_no_other(receiver: Receiver) -> None:
    receiver.write("licence,month,handle\nGB,2025-01,1\n", "f_20260301.csv")
    receiver.write(b"PAR1 it is not", "f_20260302.parquet")
    receiver.write("licence,month,handle,ggr\n", "undated.csv")
    rows = [
        {"licence": e, "month": p, "handle": h, "ggr": g}
        for (e, p), (h, g) in usual(*LICENCES).items()
    ]
    path = receiver.settings.landing / "statements" / FEED / "f_20260303.parquet"
    pq.write_table(pa.Table.from_pylist(rows), path)
    report = receiver.load()
    assert sorted(o.reason or "" for o in report.files) == [
        "",
        "missing_column",
        "missing_delivery_time",
        "unreadable_file",
    ]
    assert receiver.changes() == set()


def test_what_a_rolling_file_leaves_behind_is_not_deleted(tmp_path: Path) -> None:
    receiver = Receiver(tmp_path, rolling=True)
    figures = usual(*LICENCES)
    receiver.take(figures)
    late = {key: f for key, f in figures.items() if key[1] > "2025-06"}
    del late["GB", "2025-09"]
    receiver.take(late)
    assert receiver.changes() == {("GB", "2025-09", "deletion")}


def test_a_decision_needs_a_reason_and_is_final(receiver: Receiver) -> None:
    figures = usual(*LICENCES)
    leapt(figures)
    receiver.take(figures)
    receiver.decide("GB", accept=True)
    assert receiver.rows(
        "select entity, decided_by, reason, is_accepted, known_at "
        "from raw.statements__decisions"
    ) == [("GB", "Finance", "asked the sender", True, receiver.moment())]
    with pytest.raises(WarehouseError, match="nothing to decide"):
        receiver.decide("GB", accept=False)
    # What was accepted stands: the same figures again are no change.
    receiver.take(figures)
    assert receiver.changes() == set()


def test_nothing_is_decided_for_an_entity_that_is_not_held(receiver: Receiver) -> None:
    figures = usual(*LICENCES)
    leapt(figures)
    receiver.take(figures)
    with pytest.raises(WarehouseError, match="nothing to decide for ES"):
        receiver.decide("GB", "ES", accept=True)


def test_nothing_is_decided_that_is_not_in_the_trail(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    figures = usual(*LICENCES)
    leapt(figures)
    receiver.take(figures)
    asked = ["statements", "accept", "2", "--by", "Finance", "--why", "asked"]
    environment = {"WAREHOUSE_HOME": str(receiver.settings.home)}
    decided = "select entity, is_accepted from raw.statements__decisions"

    def dies(*_: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patched:
        patched.setattr("orchestration.cli.statements.record", dies)
        assert RUN.invoke(app, asked, env=environment).exit_code != 0
        assert receiver.rows(decided) == []
    done = RUN.invoke(app, asked, env=environment)
    assert done.exit_code == 0, done.exception
    assert receiver.rows(decided) == [("GB", True)]
    [told] = records(receiver.settings)
    assert (told.action, told.details) == (
        "decide",
        {"delivery_id": 2, "is_accepted": True, "entities": 1},
    )
    assert receiver.rows("select record_hash from raw.audit_anchors") == [(told.hash,)]
