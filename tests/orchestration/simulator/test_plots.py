"""The cast acts as its labels say, in files of its own, each plot behind a switch."""

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from orchestration.simulator import Dirt, Simulation, SimulationConfig, simulate
from orchestration.simulator.cast import NAMES, ROLES
from orchestration.simulator.config import CORE, PLOTS

SIZE: dict[str, Any] = {
    "days": 9, "bets_per_day": 500, "customers": 600, "dirt": Dirt.none(),
    "sources": frozenset({"trading", "devices"}),
}  # fmt: skip
Row = dict[str, Any]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Simulation:
    return simulate(SimulationConfig(**SIZE), tmp_path_factory.mktemp("played"))


@pytest.fixture(scope="module")
def bets(played: Simulation) -> dict[str, Row]:
    return {row["bet_id"]: row for row in rows(played, "bets_placed")}


def rows(simulation: Simulation, table: str) -> list[Row]:
    return [
        row
        for file in simulation.files
        if file.table == table
        for row in pq.read_table(simulation.into / file.path).to_pylist()
    ]


def labelled(simulation: Simulation, plot: str, item_type: str = "bet") -> list[Row]:
    return [
        row
        for row in simulation.labels.to_pylist()
        if row["kind"] == plot and row["item_type"] == item_type
    ]


def played_by(simulation: Simulation) -> set[str]:
    """Plots that labels tell of; source systems have labels of their own."""
    return set(simulation.labels["kind"].to_pylist()) & set(NAMES)


def checksums(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*.parquet")
        if ".simulation" not in path.parts
    }


def closing_odds(simulation: Simulation) -> dict[str, Decimal]:
    return {
        row["selection_id"]: row["decimal_odds"]
        for row in rows(simulation, "trading_prices")
        if row["price_kind"] == "closing"
    }


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.plot)
def test_every_plot_has_accounts_and_all_but_lookalikes_bets(
    played: Simulation, bets: dict[str, Row], role: Any
) -> None:
    accounts = labelled(played, role.plot, "account")
    sizes = Counter(row["label_id"] for row in accounts)
    assert sizes
    assert all(role.size[0] <= size <= role.size[1] for size in sizes.values())
    assert {row["is_fraud"] for row in accounts} == {role.is_fraud}
    registered = {row["customer_id"] for row in rows(played, "customer_profiles")}
    assert {row["customer_id"] for row in accounts} <= registered
    planted = labelled(played, role.plot)
    assert bool(planted) == role.is_fraud
    for row in planted:
        bet = bets[row["item_id"]]
        assert bet["customer_id"] == row["customer_id"]
        assert (bet["stake_amount"], bet["placed_at"], bet["currency_code"]) == (
            row["amount"], row["happened_at"], row["currency_code"],
        )  # fmt: skip
        assert bet["legs"][0]["market_id"] == row["market_id"]


def test_nobodys_files_change_when_the_cast_acts(
    played: Simulation, tmp_path: Path
) -> None:
    quiet = simulate(SimulationConfig(**SIZE, plots=frozenset()), tmp_path)
    assert played_by(quiet) == set()
    whole = checksums(played.into)
    alone = checksums(tmp_path)
    assert alone == {path: whole[path] for path in alone}
    assert len(whole) > len(alone)


def test_core_feeds_alone_have_no_cast(tmp_path: Path) -> None:
    config = SimulationConfig(**SIZE | {"sources": CORE})
    assert played_by(simulate(config, tmp_path)) == set()


@pytest.mark.parametrize("plot", ["courtsiding", "multi_account_rings"])
def test_a_plot_alone_is_the_same_as_among_others(
    played: Simulation, tmp_path: Path, plot: str
) -> None:
    alone = simulate(SimulationConfig(**SIZE, plots=frozenset({plot})), tmp_path)
    assert played_by(alone) == {plot}
    facts = ("customer_id", "market_id", "amount", "happened_at")
    for item_type in ("account", "bet"):
        here, there = (
            [tuple(row[name] for name in facts) for row in labelled(s, plot, item_type)]
            for s in (alone, played)
        )
        assert here == there


def test_an_unknown_plot_is_refused() -> None:
    with pytest.raises(ValueError, match="no plot is called"):
        SimulationConfig(plots=frozenset({"hamlet"}))
    assert NAMES == PLOTS


def test_arbitrage_beats_the_closing_line(
    played: Simulation, bets: dict[str, Row]
) -> None:
    closing = closing_odds(played)
    beaten = [
        bets[row["item_id"]]["decimal_odds"] / closing[leg["selection_id"]]
        for row in labelled(played, "arbitrage")
        for leg in bets[row["item_id"]]["legs"]
        if leg["selection_id"] in closing
    ]
    assert len(beaten) > 5
    assert min(beaten) > Decimal("1.05")


def test_courtsiders_bet_seconds_before_a_suspension(
    played: Simulation, bets: dict[str, Row]
) -> None:
    suspended = defaultdict(list)
    for row in rows(played, "trading_suspensions"):
        suspended[row["market_id"]].append(row["suspended_at"])
    planted = labelled(played, "courtsiding")
    assert planted
    for row in planted:
        assert bets[row["item_id"]]["is_in_play"]
        ahead = [at - row["happened_at"] for at in suspended[row["market_id"]]]
        assert any(timedelta(0) < wait < timedelta(seconds=10) for wait in ahead)


def test_late_bets_are_struck_at_a_stale_price_or_a_known_result(
    played: Simulation, bets: dict[str, Row]
) -> None:
    known: dict[str, datetime] = {}
    for row in rows(played, "trading_results"):
        first = known.get(row["market_id"], row["resulted_at"])
        known[row["market_id"]] = min(first, row["resulted_at"])
    planted = labelled(played, "late_bets")
    after = [
        row["market_id"] in known and row["happened_at"] > known[row["market_id"]]
        for row in planted
    ]
    assert any(after)
    assert not all(after)
    settled = {row["bet_id"]: row for row in rows(played, "bet_settlements")}
    for row in planted:
        if row["item_id"] in settled:
            bet = bets[row["item_id"]]
            assert settled[bet["bet_id"]]["settled_at"] > bet["placed_at"]


def test_a_fixed_market_takes_more_than_its_share(
    played: Simulation, bets: dict[str, Row]
) -> None:
    stakes = Counter[str]()
    for bet in bets.values():
        for leg in bet["legs"]:
            if bet["bet_type"] == "single":
                stakes[leg["market_id"]] += bet["stake_amount"]
    fixed = {row["market_id"] for row in labelled(played, "match_fixing")}
    typical = sorted(stakes.values())[len(stakes) // 2]
    assert fixed
    assert all(stakes[market] > 10 * typical for market in fixed)


def test_velocity_is_scores_of_bets_within_minutes(played: Simulation) -> None:
    times = defaultdict(list)
    for row in labelled(played, "velocity"):
        times[row["customer_id"]].append(row["happened_at"])
    for moments in times.values():
        assert len(moments) >= 50
        assert max(moments) - min(moments) < timedelta(minutes=10)
