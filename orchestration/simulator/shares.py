"""What a bet contributes to each group of figures, in whole cents."""

from collections.abc import Sequence

from orchestration.simulator.gaming_days import gaming_day
from orchestration.simulator.replay import Replay
from orchestration.simulator.sayings import Bet

Group = tuple[int, str, str, str]
"""Gaming day since 1970, jurisdiction, currency, basis."""
Figures = tuple[int, int, int, int, int, int, int]
"""Bet count; handle, settled stake, payout; the same three of the bonus part."""
NOTHING: Figures = (0, 0, 0, 0, 0, 0, 0)


def share_of(replay: Replay, bet_id: str) -> dict[Group, Figures]:
    """What a bet contributes to each group, by all that is known."""
    standing = replay.bets.get(bet_id)
    if standing is None or replay.is_test(standing.said.customer_id):
        return {}
    bet = standing.said
    money = (bet.jurisdiction, bet.currency_code)
    placed_on = gaming_day(bet.placed_at, bet.jurisdiction)
    share: dict[Group, Figures] = {
        (placed_on, *money, "settled"): (1, bet.stake, 0, 0, bet.bonus, 0, 0)
    }
    position = before = (bet.stake, 0, 0, bet.bonus, 0, 0)
    for version in sorted(replay.versions.get(bet_id, ())):
        position = position_of(replay, bet, version)
        difference = (
            0,
            *(now - then for now, then in zip(position, before, strict=True)),
        )
        settlement = replay.versions[bet_id][version].said
        group = (gaming_day(settlement.settled_at, bet.jurisdiction), *money, "settled")
        share[group] = plus(share.get(group, NOTHING), difference, 1)
        before = position
    share[placed_on, *money, "placed"] = (1, *position)
    return share


def position_of(
    replay: Replay, bet: Bet, version: int
) -> tuple[int, int, int, int, int, int]:
    """Handle, settled stake, payout and their bonus parts once a version is stated."""
    if version == 0:
        return bet.stake, 0, 0, bet.bonus, 0, 0
    said = replay.versions[bet.bet_id][version].said
    bonus_settled = _bonus_part(said.settled, bet)
    bonus_payout = _bonus_part(said.payout, bet)
    return bet.stake, said.settled, said.payout, bet.bonus, bonus_settled, bonus_payout


def _bonus_part(cents: int, bet: Bet) -> int:
    """Part of an amount that belongs to the bonus stake, rounded half up."""
    return (2 * cents * bet.bonus + bet.stake) // (2 * bet.stake)


def plus(total: Figures, more: Sequence[int], sign: int) -> Figures:
    """The total with more added, or with it taken away where the sign is -1."""
    a, b, c, d, e, f, g = more
    t, u, v, w, x, y, z = total
    return (
        t + sign * a, u + sign * b, v + sign * c, w + sign * d,
        x + sign * e, y + sign * f, z + sign * g,
    )  # fmt: skip
