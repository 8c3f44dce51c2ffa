"""The worst case of a small book by going through everything that can happen.

Plain Python with fractions and whole cents: no SQL, nothing of the warehouse.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product
from math import floor, prod

Selection = tuple[str, str, str]
"""Event, market and selection."""
MOST_ODDS = 20_000


@dataclass(frozen=True)
class Leg:
    """A leg: what it is on, its odds, and what it returned if it is decided."""

    on: Selection
    odds: Fraction
    returned: Fraction | None = None


@dataclass(frozen=True)
class Bet:
    """A bet whose lines are the combinations of `sizes` legs; amounts in cents."""

    legs: tuple[Leg, ...]
    sizes: tuple[int, ...]
    stake: int
    bonus: int
    potential: int

    def payout(self, returns: Iterable[Fraction]) -> int:
        """What it pays, in cents, when its legs return so much."""
        legs = list(returns)
        lines = [prod(c) for size in self.sizes for c in combinations(legs, size)]
        whole = min(sum(lines, Fraction(0)) / len(lines), Fraction(MOST_ODDS))
        profit = Fraction(1) if whole == 1 else max(whole - 1, Fraction(0))
        return floor(
            (self.stake - self.bonus) * whole + self.bonus * profit + Fraction(1, 2)
        )

    def pays(self, wins: Mapping[Selection, bool]) -> int:
        """What it pays when the undecided selections in `wins` do or don't win.

        All other undecided legs win; if then every leg wins, the platform's word for
        that stands.
        """
        returns = [
            leg.returned
            if leg.returned is not None
            else leg.odds * wins.get(leg.on, True)
            for leg in self.legs
        ]
        if all(r == leg.odds for r, leg in zip(returns, self.legs, strict=True)):
            return self.potential
        return self.payout(returns)

    @property
    def is_alive(self) -> bool:
        """Whether its payout still depends on anything."""
        return bool(self.waits_for) and self.unit_return > 0

    @property
    def unit_return(self) -> Fraction:
        """Sum over its lines if all undecided legs win."""
        legs = [leg.odds if leg.returned is None else leg.returned for leg in self.legs]
        return sum(
            (prod(c) for size in self.sizes for c in combinations(legs, size)),
            Fraction(0),
        )

    @property
    def waits_for(self) -> set[Selection]:
        """Selections of its undecided legs."""
        return {leg.on for leg in self.legs if leg.returned is None}

    @property
    def stands_on(self) -> set[Selection]:
        """What it waits for, or what decided it."""
        if self.is_alive:
            return self.waits_for
        return {leg.on for leg in self.legs if leg.returned is not None}


def worst_case(book: Iterable[Bet], event: str, market: str | None = None) -> int:
    """Most that is lost on a market or on all markets of an event, in cents."""
    here = [
        bet
        for bet in book
        if any(on[0] == event and market in {None, on[1]} for on in bet.stands_on)
    ]
    undecided: dict[str, set[Selection]] = defaultdict(set)
    for bet in here:
        for on in bet.waits_for if bet.is_alive else set():
            if on[0] == event and market in {None, on[1]}:
                undecided[on[1]].add(on)
    # In each market one of the backed selections wins, or none of them does.
    outcomes = [[None, *sorted(selections)] for selections in undecided.values()]
    stake = sum(bet.stake for bet in here)
    return max(
        sum(
            bet.pays({on: on in winners for on in set().union(*undecided.values())})
            for bet in here
        )
        - stake
        for winners in product(*outcomes)
    )


def loss_if_it_wins(book: Iterable[Bet], selection: Selection) -> int:
    """What is lost on the selection's market if it wins, in cents."""
    here = [bet for bet in book if any(o[:2] == selection[:2] for o in bet.stands_on)]
    others = {on for bet in here for on in bet.waits_for if on[:2] == selection[:2]}
    wins = {on: on == selection for on in others}
    return sum(bet.pays(wins) - bet.stake for bet in here)
