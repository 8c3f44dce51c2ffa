"""The sports on offer: when they are played, their markets and margins."""

from __future__ import annotations

from dataclasses import dataclass

HALF_WON, HALF_LOST, PUSH = 4, 5, 3  # codes of fixtures.RESULTS


@dataclass(frozen=True)
class Market:
    """A question about an event and its possible answers.

    Attributes:
        name: Part of the market's id.
        selections: What can be backed.
        strength: Dirichlet parameters of the states; larger is surer.
        margin: Lowest and highest overround less 1.
        weight: Share of an event's bets.
        middle: The state that no selection wins outright (an exact line), if any.
        refunds: Of each selection, the part of the stake refunded in the middle state.
        half_wins: Of each selection, the part of the stake that wins in it.
        middle_results: Of each selection, the result's code in it.
        dead_heats: Whether two selections can tie.
    """

    name: str
    selections: tuple[str, ...]
    strength: tuple[float, ...]
    margin: tuple[float, float]
    weight: float
    middle: int | None = None
    refunds: tuple[float, ...] = (0.0,) * 20
    half_wins: tuple[float, ...] = (0.0,) * 20
    middle_results: tuple[int, ...] = ()
    dead_heats: bool = False


def _whole_line(name: str, selections: tuple[str, str], weight: float) -> Market:
    """Stakes are pushed when the line is met exactly."""
    return Market(
        name, selections, (18, 3, 18), (0.04, 0.06), weight, 1, (1.0, 1.0),
        middle_results=(PUSH, PUSH),
    )  # fmt: skip


def _quarter_line(name: str, selections: tuple[str, str], weight: float) -> Market:
    """Half of the stake is pushed, the other half wins or loses."""
    return Market(
        name, selections, (16, 6, 18), (0.04, 0.06), weight, 1, (0.5, 0.5),
        (0.5, 0.0), (HALF_WON, HALF_LOST),
    )  # fmt: skip


def _winner(*selections: str, strength: tuple[float, ...], top: float) -> Market:
    return Market("winner", selections, strength, (0.04, top), 1.0)


def _race(runners: int) -> Market:
    names = tuple(f"runner-{number}" for number in range(1, runners + 1))
    strength = tuple(4.0 / (1 + 0.35 * place) for place in range(runners))
    return Market("win", names, strength, (0.09, 0.12), 1.0, dead_heats=True)


@dataclass(frozen=True)
class Sport:
    """A sport and its calendar.

    Attributes:
        name: Part of the event's id.
        events: On each weekday from Monday.
        slots: Possible starts, in steps of five minutes from midnight UTC.
        minutes: Length of an event.
        popularity: Mean weight of an event among bettors.
        markets: All markets of each event.
        in_play: Whether bets are taken after the start.
        has_final: Whether its season ends in a final each Sunday.
    """

    name: str
    events: tuple[int, ...]
    slots: range
    minutes: int
    popularity: float
    markets: tuple[Market, ...]
    in_play: bool = True
    has_final: bool = False


def _races(runners: int, slots: range) -> Sport:
    counts = (10, 10, 12, 12, 14, 20, 10)
    return Sport(
        f"racing{runners}", counts, slots, 5, 0.35, (_race(runners),), in_play=False
    )


FOOTBALL = Sport(
    "football",
    (10, 24, 24, 16, 20, 70, 50),
    range(138, 250, 3),
    115,
    1.0,
    (
        _winner("home", "draw", "away", strength=(6, 4, 4), top=0.07),
        _quarter_line("handicap", ("home", "away"), 0.4),
        _whole_line("goals", ("over", "under"), 0.5),
    ),
    has_final=True,
)
TENNIS = Sport(
    "tennis",
    (30, 34, 34, 34, 30, 24, 16),
    range(108, 260),
    120,
    0.4,
    (
        _winner("player-1", "player-2", strength=(3, 3), top=0.06),
        _whole_line("games", ("over", "under"), 0.3),
    ),
)
BASKETBALL = Sport(
    "basketball",
    (12, 10, 14, 10, 16, 18, 14),
    range(216, 288, 2),
    140,
    0.8,
    (
        _winner("home", "away", strength=(5, 4), top=0.05),
        _whole_line("spread", ("home", "away"), 0.8),
        _quarter_line("points", ("over", "under"), 0.6),
    ),
)
# Bet on for months: open at the end of any short simulation.
OUTRIGHTS = Sport(
    "outright",
    (6,) * 7,
    range(30 * 288, 150 * 288),
    90,
    1.0,
    (
        Market(
            "champion",
            tuple(f"team-{number}" for number in range(1, 13)),
            tuple(5.0 / (1 + place) for place in range(12)),
            (0.09, 0.12),
            1.0,
        ),
    ),
    in_play=False,
)
SPORTS = (
    FOOTBALL,
    TENNIS,
    BASKETBALL,
    _races(7, range(144, 222)),
    _races(11, range(150, 230)),
)
