"""The simulated operator behaves like one: margins, seasons, bets and payouts."""

from collections.abc import Sequence
from datetime import date
from math import comb, prod
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from orchestration.simulator import Dirt, Simulation, SimulationConfig, simulate
from orchestration.simulator.clock import HOUR, MINUTE, Clock
from orchestration.simulator.drawing import draw_slips
from orchestration.simulator.population import populate
from orchestration.simulator.slips import LINES, Slips
from orchestration.simulator.sports import FOOTBALL
from orchestration.simulator.units import Unit
from orchestration.simulator.world import JURISDICTIONS

SUNDAY = 6
CONFIG = SimulationConfig(
    seed=3, days=7, bets_per_day=4_000, customers=3_000, dirt=Dirt.none()
)


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Simulation:
    return simulate(CONFIG, tmp_path_factory.mktemp("week"), truth=False)


@pytest.fixture(scope="module")
def slips() -> list[Slips]:
    """A week's bets, 40,000 a day."""
    clock, population = Clock(CONFIG), populate(CONFIG)
    return [
        draw_slips(CONFIG, population, Unit(day, 0, 40_000), clock.day_start(day))
        for day in range(7)
    ]


def rows(simulation: Simulation, table: str) -> pa.Table:
    paths = [simulation.into / f.path for f in simulation.files if f.table == table]
    return pa.concat_tables([pq.read_table(path) for path in paths])


def margin_at_even_stakes(slips: Sequence[Slips], *, single: bool) -> float:
    returned, count = 0.0, 0
    for day in slips:
        chosen = (day.legs == 1) == single
        returned += float(day.returns(day.leg_returns())[chosen].clip(max=200).sum())
        count += int(chosen.sum())
    return 1 - returned / count


def test_the_book_earns_the_margin_that_is_priced_in(slips: list[Slips]) -> None:
    assert margin_at_even_stakes(slips, single=True) == pytest.approx(0.05, abs=0.015)


def test_margins_multiply_in_bets_on_several_events(slips: list[Slips]) -> None:
    assert 0.10 < margin_at_even_stakes(slips, single=False) < 0.25


def test_prices_add_up_to_their_margin(slips: list[Slips]) -> None:
    card = slips[0].card
    names = np.array(card.market_names.to_pylist())
    _, market = np.unique(names, return_inverse=True)
    is_winner = np.char.endswith(names, "-winner") | np.char.endswith(names, "-win")
    book = np.bincount(market, (1 / card.prices[:, 0]))
    margins = np.unique(book[market[is_winner]]) - 1
    assert margins.min() > 0.03
    assert margins.max() < 0.13


def test_betting_follows_the_local_hour(week: Simulation) -> None:
    bets = rows(week, "bets_placed")
    for place in JURISDICTIONS:
        here = np.array(bets["jurisdiction"].to_pylist()) == place.code
        moments = bets["placed_at"].cast(pa.timestamp("us", "UTC"))
        local = moments.cast(pa.timestamp("us", place.zone))
        hours = pc.hour(local).to_numpy()[here]
        evening = np.isin(hours, (18, 19, 20, 21)).mean()
        night = np.isin(hours, (2, 3, 4, 5)).mean()
        assert evening > 8 * night


def test_betting_follows_the_weekday(tmp_path: Path) -> None:
    tuesday, saturday = date(2026, 1, 6), date(2026, 1, 10)
    bets = {}
    for day in (tuesday, saturday):
        config = SimulationConfig(
            first_date=day, days=1, bets_per_day=2_000, dirt=Dirt.none()
        )
        simulation = simulate(config, tmp_path / str(day), truth=False)
        bets[day] = simulation.tally.bets
    assert bets[saturday] > 1.4 * bets[tuesday]


def test_betting_spikes_twentyfold_around_a_final(slips: list[Slips]) -> None:
    sunday = slips[SUNDAY]
    kick_off = sunday.card.opens - 2 * HOUR + 19 * HOUR
    since = sunday.recorded_at - kick_off
    around = ((since > -10 * MINUTE) & (since < 5 * MINUTE)).sum() / 15
    hour_before = ((since > -75 * MINUTE) & (since < -15 * MINUTE)).sum() / 60
    assert 15 < around / hour_before < 25
    final = sunday.card.event[sunday.selection[sunday.first_leg]]
    names = sunday.card.event_names.take(pa.array(final[np.abs(since) < 5 * MINUTE]))
    top = names.value_counts().to_pylist()
    best = max(top, key=lambda entry: entry["counts"])
    assert best["counts"] > len(names) / 2
    assert best["values"].startswith(FOOTBALL.name)


def test_lines_of_a_system_are_its_combinations(week: Simulation) -> None:
    bets = rows(week, "bets_placed").select(["bet_type", "line_count", "legs"])
    systems = 0
    for bet in bets.to_pylist():
        legs = len(bet["legs"])
        if bet["bet_type"] == "system":
            systems += 1
            assert bet["line_count"] in (lines(legs, 1), lines(legs, 2))
        else:
            types = {1: "single", 2: "double", 3: "treble"}
            assert bet["line_count"] == 1
            assert bet["bet_type"] == types.get(legs, "accumulator")
    assert systems > 50


def lines(legs: int, fewest: int) -> int:
    return sum(comb(legs, size) for size in range(fewest, legs + 1))


@pytest.mark.parametrize(
    ("legs", "fewest", "expected"),
    [
        pytest.param(3, 2, 4, id="Trixie"),
        pytest.param(3, 1, 7, id="Patent"),
        pytest.param(4, 2, 11, id="Yankee"),
        pytest.param(4, 1, 15, id="Lucky 15"),
        pytest.param(5, 2, 26, id="Super Yankee"),
        pytest.param(6, 2, 57, id="Heinz"),
    ],
)
def test_well_known_systems_have_their_lines(
    legs: int, fewest: int, expected: int
) -> None:
    assert LINES[legs, fewest] == lines(legs, fewest) == expected


def test_combined_odds_are_the_product_of_the_legs(week: Simulation) -> None:
    columns = ["bet_type", "decimal_odds", "legs", "is_in_play"]
    for bet in rows(week, "bets_placed").select(columns).slice(0, 3_000).to_pylist():
        product = prod(float(leg["decimal_odds"]) for leg in bet["legs"])
        if bet["bet_type"] != "system" and product < 20_000:
            assert float(bet["decimal_odds"]) == pytest.approx(product, abs=1e-3)
        assert bet["is_in_play"] == any(leg["is_in_play"] for leg in bet["legs"])
        events = [leg["event_id"] for leg in bet["legs"]]
        assert len(set(events)) == len(events)


def test_payouts_follow_the_settlement_algebra(week: Simulation) -> None:
    bets = {bet["bet_id"]: bet for bet in rows(week, "bets_placed").to_pylist()}
    checked = set()
    for settlement in rows(week, "bet_settlements").to_pylist():
        bet, legs = bets[settlement["bet_id"]], settlement["leg_results"]
        status = settlement["settlement_status"]
        if settlement["settlement_version"] > 1 or bet["bet_type"] == "system":
            continue
        stake, bonus = float(bet["stake_amount"]), float(bet["bonus_stake_amount"])
        if legs:
            odds = [float(leg["decimal_odds"]) for leg in bet["legs"]]
            times = prod(
                (1 - float(leg["void_factor"]))
                * (leg["result"] in {"won", "half_won", "dead_heat"})
                * price
                * float(leg["dead_heat_factor"])
                + float(leg["void_factor"])
                for leg, price in zip(legs, odds, strict=True)
            )
            times = min(times, 20_000)
            back = bonus if times == 1 else max(times - 1, 0) * bonus
            expected = (stake - bonus) * times + back
            assert float(settlement["payout_amount"]) == pytest.approx(
                expected, abs=0.00501
            )
        if status in {"void", "push", "cancelled"}:
            assert settlement["payout_amount"] == bet["stake_amount"]
        checked.add(status)
    assert checked >= {
        "won", "lost", "void", "push", "half_won", "half_lost", "dead_heat",
        "cashed_out", "partially_cashed_out", "cancelled",
    }  # fmt: skip


def test_the_world_has_every_kind_of_bet(week: Simulation) -> None:
    bets = rows(week, "bets_placed")
    sports = {
        leg["event_id"].split("-")[0]
        for legs in bets["legs"].to_pylist()
        for leg in legs
    }
    assert {"football", "tennis", "basketball", "outright"} < sports
    assert set(bets["currency_code"].to_pylist()) == {"GBP", "EUR", "USD"}
    assert set(bets["jurisdiction"].to_pylist()) == {p.code for p in JURISDICTIONS}
    assert set(bets["channel"].to_pylist()) == {"web", "ios", "android", "retail"}
    assert any(amount > 0 for amount in bets["bonus_stake_amount"].to_pylist())
    assert True in bets["is_in_play"].to_pylist()
    assert True in rows(week, "customer_profiles")["is_test_account"].to_pylist()


def test_some_bets_stay_open(week: Simulation) -> None:
    settled = set(rows(week, "bet_settlements")["bet_id"].to_pylist())
    placed = set(rows(week, "bets_placed")["bet_id"].to_pylist())
    assert settled < placed
