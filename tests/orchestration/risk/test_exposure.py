"""Exposures equal what an enumeration of all outcomes of small books gives."""

from fractions import Fraction

import pytest
from book_relations import RELATIONS, relations
from compiled_models import Models, compiled
from enumeration import Bet, Leg, Selection, loss_if_it_wins, worst_case
from hypothesis import given, settings
from hypothesis import strategies as st

EVENTS = {
    "final": {"result": ("home", "draw", "away"), "goals": ("over", "under")},
    "race": {"win": ("one", "two", "three")},
    "bout": {"winner": ("red", "blue")},
    "match": {"set": ("first", "second")},
}
SELECTIONS: list[Selection] = [
    (event, f"{event}-{market}", f"{event}-{market}-{pick}")
    for event, markets in EVENTS.items()
    for market, picks in markets.items()
    for pick in picks
]
# Sizes of the lines of a bet on so many legs; None: one line of all.
SYSTEMS: dict[int, list[tuple[int, ...] | None]] = {
    1: [None],
    2: [None],
    3: [None, (2,), (2, 3), (1, 2, 3)],
    4: [None, (2,), (3,), (2, 3, 4), (1, 2, 3, 4)],
}
HALF = Fraction(1, 2)


@st.composite
def legs(draw: st.DrawFn, on: Selection) -> tuple[Leg, str | None]:
    """A leg and the name of its result."""
    odds = Fraction(draw(st.integers(101, 1200)), 100)
    result, returned = draw(
        st.sampled_from(
            [(None, None)] * 12
            + [
                ("won", odds),
                ("lost", Fraction(0)),
                ("void", Fraction(1)),
                ("half_won", (1 + odds) * HALF),
                ("half_lost", HALF),
                ("dead_heat", odds * HALF),
            ]
        )
    )
    return Leg(on, odds, returned), result


@st.composite
def bets(draw: st.DrawFn) -> tuple[Bet, list[str | None]]:
    """A bet and the results of its legs."""
    count = draw(st.sampled_from([1, 1, 2, 3, 3, 4]))
    on = draw(
        st.lists(
            st.sampled_from(SELECTIONS), min_size=count, max_size=count, unique=True
        )
    )
    drawn = [draw(legs(selection)) for selection in on]
    sizes = draw(st.sampled_from(SYSTEMS[count])) or (count,)
    stake = draw(st.integers(1, 200_000))
    bonus = draw(st.sampled_from([0, 0, 0, stake, stake // 2]))
    bet = Bet(tuple(leg for leg, _ in drawn), sizes, stake, bonus, 0)
    full = bet.payout(leg.odds for leg in bet.legs)
    # The platform's figure is its own: it may round elsewhere.
    potential = max(full + draw(st.sampled_from([0, 0, 0, 1, -1])), 0)
    whole = Bet(bet.legs, bet.sizes, stake, bonus, potential)
    return whole, [result for _, result in drawn]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Models:
    return compiled(
        tmp_path_factory.mktemp("home"),
        wanted=["rpt_open_liability", "rpt_event_exposures", "rpt_open_book"],
        given=list(RELATIONS),
    )


@settings(max_examples=60, deadline=None)
@given(book_and_results=st.lists(bets(), min_size=1, max_size=7))
def test_exposures_of_any_small_book_equal_its_enumeration(
    models: Models, book_and_results: list[tuple[Bet, list[str | None]]]
) -> None:
    book = [bet for bet, _ in book_and_results]
    with models.run(relations(book_and_results)) as warehouse:
        markets = warehouse.execute(
            """
            select event_id, market_id, cast(worst_case_loss_amount * 100 as bigint)
            from risk.rpt_market_exposures
            """
        ).fetchall()
        selections = warehouse.execute(
            """
            select event_id, market_id, selection_id,
                cast(loss_if_it_wins_amount * 100 as bigint)
            from risk.rpt_open_liability where is_undecided
            """
        ).fetchall()
        events = warehouse.execute(
            """
            select event_id, cast(worst_case_loss_amount * 100 as bigint), is_exact
            from risk.rpt_event_exposures
            """
        ).fetchall()
        [open_stake] = warehouse.execute(
            "select cast(sum(open_stake_amount) * 100 as int) from risk.rpt_open_book"
        ).fetchone() or [None]
    assert set(markets) == {
        (event, market, worst_case(book, event, market))
        for event, market in {on[:2] for bet in book for on in bet.stands_on}
    }
    assert set(selections) == {
        (*on, loss_if_it_wins(book, on))
        for on in {on for bet in book if bet.is_alive for on in bet.waits_for}
    }
    assert set(events) == {
        (event, worst_case(book, event), True)
        for event in {on[0] for bet in book for on in bet.stands_on}
    }
    assert open_stake == sum(bet.stake for bet in book)
