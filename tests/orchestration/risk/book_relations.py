"""A small book as the models of Risk find it."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from math import comb
from typing import Any

import pyarrow as pa
from enumeration import Bet

AMOUNT, MOMENT = pa.decimal128(18, 2), pa.timestamp("us")
VERSION = {
    "bet_key": pa.int64(),
    "settlement_version": pa.int32(),
    "revision": pa.int32(),
}
FACTORS = {
    "leg_result": pa.string(),
    "void_factor": pa.decimal128(4, 3),
    "dead_heat_factor": pa.decimal128(6, 4),
}
RELATIONS: dict[str, dict[str, pa.DataType]] = {
    "fct_open_bets": {
        "bet_key": pa.int64(),
        "currency_code": pa.string(),
        "line_count": pa.int32(),
        "open_stake_amount": AMOUNT,
        "bonus_open_stake_amount": AMOUNT,
        "potential_payout_amount": AMOUNT,
        "placed_date": pa.date32(),
    },
    "int_open_legs_revealed": {
        "bet_key": pa.int64(),
        "event_id": pa.string(),
        "market_id": pa.string(),
        "selection_id": pa.string(),
        "leg_no": pa.int32(),
        "decimal_odds": pa.decimal128(12, 4),
    },
    "stg_betting__settlements": VERSION | {"known_to": MOMENT},
    "stg_betting__leg_results": VERSION | {"leg_no": pa.int32()} | FACTORS,
    "int_selections_resulted": {"selection_id": pa.string(), "resulted_at": MOMENT}
    | FACTORS,
}


def relations(book: Sequence[tuple[Bet, list[str | None]]]) -> dict[str, pa.Table]:
    """Relations by name, of bets and the names of their legs' results."""
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in RELATIONS}
    for key, (bet, results) in enumerate(book):
        version = {"bet_key": key, "settlement_version": 1, "revision": 1}
        rows["fct_open_bets"].append(
            {
                "bet_key": key,
                "currency_code": "GBP",
                "line_count": sum(comb(len(bet.legs), size) for size in bet.sizes),
                "open_stake_amount": Decimal(bet.stake) / 100,
                "bonus_open_stake_amount": Decimal(bet.bonus) / 100,
                "potential_payout_amount": Decimal(bet.potential) / 100,
                "placed_date": date(2026, 1, 5),
            }
        )
        rows["stg_betting__settlements"].append(
            version | {"known_to": datetime(9999, 12, 31)}
        )
        for number, (leg, result) in enumerate(zip(bet.legs, results, strict=True), 1):
            event, market, selection = leg.on
            rows["int_open_legs_revealed"].append(
                {
                    "bet_key": key,
                    "event_id": event,
                    "market_id": market,
                    "selection_id": selection,
                    "leg_no": number,
                    "decimal_odds": Decimal(leg.odds.numerator) / leg.odds.denominator,
                }
            )
            tied = Decimal("0.5") if result == "dead_heat" else None
            stated = {"leg_no": number, "leg_result": result, "dead_heat_factor": tied}
            rows["stg_betting__leg_results"].append(version | stated)
    return {
        name: pa.Table.from_pylist(rows[name], pa.schema(schema))
        for name, schema in RELATIONS.items()
    }
