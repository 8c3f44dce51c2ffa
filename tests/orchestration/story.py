"""Small landing files for tests: complete rows of which a test names what matters."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

MONDAY = datetime(2026, 1, 5, 12)
MONEY = pa.decimal128(18, 2)
TIME = pa.timestamp("us")
LEG = pa.struct(
    [
        ("leg_no", pa.int32()),
        ("event_id", pa.string()),
        ("market_id", pa.string()),
        ("selection_id", pa.string()),
        ("decimal_odds", pa.decimal128(12, 4)),
        ("is_in_play", pa.bool_()),
    ]
)
LEG_RESULT = pa.struct(
    [
        ("leg_no", pa.int32()),
        ("result", pa.string()),
        ("void_factor", pa.decimal128(4, 3)),
        ("dead_heat_factor", pa.decimal128(6, 4)),
    ]
)
BETS = pa.schema(
    [
        ("bet_id", pa.string()),
        ("customer_id", pa.string()),
        ("placed_at", TIME),
        ("jurisdiction", pa.string()),
        ("currency_code", pa.string()),
        ("channel", pa.string()),
        ("device_id", pa.string()),
        ("ip_address", pa.string()),
        ("bet_type", pa.string()),
        ("line_count", pa.int32()),
        ("stake_amount", MONEY),
        ("bonus_stake_amount", MONEY),
        ("decimal_odds", pa.decimal128(12, 4)),
        ("potential_payout_amount", MONEY),
        ("is_in_play", pa.bool_()),
        ("promotion_id", pa.string()),
        ("legs", pa.list_(LEG)),
        ("recorded_at", TIME),
    ]
)
SETTLEMENTS = pa.schema(
    [
        ("settlement_id", pa.string()),
        ("bet_id", pa.string()),
        ("settlement_version", pa.int32()),
        ("settlement_status", pa.string()),
        ("settled_stake_amount", MONEY),
        ("payout_amount", MONEY),
        ("settled_at", TIME),
        ("reason_code", pa.string()),
        ("leg_results", pa.list_(LEG_RESULT)),
        ("recorded_at", TIME),
    ]
)
PROFILES = pa.schema(
    [
        ("customer_id", pa.string()),
        ("given_name", pa.string()),
        ("family_name", pa.string()),
        ("email", pa.string()),
        ("phone", pa.string()),
        ("date_of_birth", pa.date32()),
        ("address_line", pa.string()),
        ("postcode", pa.string()),
        ("country_code", pa.string()),
        ("jurisdiction", pa.string()),
        ("currency_code", pa.string()),
        ("registered_at", TIME),
        ("account_status", pa.string()),
        ("kyc_status", pa.string()),
        ("vip_tier", pa.string()),
        ("marketing_opt_in", pa.bool_()),
        ("acquisition_channel", pa.string()),
        ("is_test_account", pa.bool_()),
        ("updated_at", TIME),
        ("recorded_at", TIME),
    ]
)
SCHEMAS = {
    "betting/bets_placed": BETS,
    "betting/bet_settlements": SETTLEMENTS,
    "customers/customer_profiles": PROFILES,
}


def leg(leg_no: int = 1, **known: Any) -> dict[str, Any]:
    """A leg of a bet."""
    row = {
        "leg_no": leg_no,
        "event_id": f"event-{leg_no}",
        "market_id": f"market-{leg_no}",
        "selection_id": f"selection-{leg_no}",
        "decimal_odds": Decimal("2.0000"),
        "is_in_play": False,
    }
    return row | known


def bet(bet_id: str, **known: Any) -> dict[str, Any]:
    """A cash single of 10.00 GBP at 2.0, placed on Monday noon."""
    placed_at = known.get("placed_at", MONDAY)
    row = {
        "bet_id": bet_id,
        "customer_id": "customer-1",
        "placed_at": placed_at,
        "jurisdiction": "GB",
        "currency_code": "GBP",
        "channel": "web",
        "device_id": None,
        "ip_address": None,
        "bet_type": "single",
        "line_count": 1,
        "stake_amount": Decimal("10.00"),
        "bonus_stake_amount": Decimal("0.00"),
        "decimal_odds": Decimal("2.0000"),
        "potential_payout_amount": Decimal("20.00"),
        "is_in_play": False,
        "promotion_id": None,
        "legs": [leg()],
        "recorded_at": placed_at,
    }
    return row | known


def settlement(bet_id: str, version: int = 1, **known: Any) -> dict[str, Any]:
    """A version that settles 10.00 as lost on Monday noon."""
    settled_at = known.get("settled_at", MONDAY)
    row = {
        "settlement_id": f"{bet_id}-{version}",
        "bet_id": bet_id,
        "settlement_version": version,
        "settlement_status": "lost",
        "settled_stake_amount": Decimal("10.00"),
        "payout_amount": Decimal("0.00"),
        "settled_at": settled_at,
        "reason_code": None,
        "leg_results": None,
        "recorded_at": settled_at,
    }
    return row | known


def profile(customer_id: str, **known: Any) -> dict[str, Any]:
    """An active, verified account in GB."""
    updated_at = known.get("updated_at", MONDAY)
    row = {
        "customer_id": customer_id,
        "country_code": "GB",
        "jurisdiction": "GB",
        "currency_code": "GBP",
        "registered_at": MONDAY,
        "account_status": "active",
        "kyc_status": "verified",
        "vip_tier": None,
        "marketing_opt_in": False,
        "acquisition_channel": None,
        "is_test_account": False,
        "updated_at": updated_at,
        "recorded_at": updated_at,
    }
    return row | known


def land(
    landing: Path,
    table: str,
    name: str,
    rows: list[dict[str, Any]],
    schema: pa.Schema | None = None,
) -> Path:
    """Write rows as `<landing>/<table>/<name>.parquet` and return where."""
    location = landing / table / f"{name}.parquet"
    location.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows, schema or SCHEMAS[table]), location)
    return location
