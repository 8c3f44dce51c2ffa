"""Small landing files for tests: complete rows of which a test names what matters."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.simulator.contract import FEEDS as CORE_FEEDS
from orchestration.simulator.feeds import FEEDS

MONDAY = datetime(2026, 1, 5, 12)
SCHEMAS = {f"{feed.source}/{feed.table}": feed.schema for feed in (*CORE_FEEDS, *FEEDS)}


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
