"""The landing contract: tables, columns and types of the three core feeds."""

from __future__ import annotations

import pyarrow as pa

from orchestration.simulator.feed import AMOUNT, MOMENT, ODDS, Feed

LEG = pa.struct(
    [
        ("leg_no", pa.int32()),
        ("event_id", pa.string()),
        ("market_id", pa.string()),
        ("selection_id", pa.string()),
        ("decimal_odds", ODDS),
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

BETS = Feed(
    source="betting",
    table="bets_placed",
    keys=("bet_id",),
    schema=pa.schema(
        [
            ("bet_id", pa.string()),
            ("customer_id", pa.string()),
            ("placed_at", MOMENT),
            ("jurisdiction", pa.string()),
            ("currency_code", pa.string()),
            ("channel", pa.string()),
            ("device_id", pa.string()),
            ("ip_address", pa.string()),
            ("bet_type", pa.string()),
            ("line_count", pa.int32()),
            ("stake_amount", AMOUNT),
            ("bonus_stake_amount", AMOUNT),
            ("decimal_odds", ODDS),
            ("potential_payout_amount", AMOUNT),
            ("is_in_play", pa.bool_()),
            ("promotion_id", pa.string()),
            ("legs", pa.list_(LEG)),
            ("recorded_at", MOMENT),
        ]
    ),
)
SETTLEMENTS = Feed(
    source="betting",
    table="bet_settlements",
    keys=("bet_id", "settlement_version"),
    schema=pa.schema(
        [
            ("settlement_id", pa.string()),
            ("bet_id", pa.string()),
            ("settlement_version", pa.int32()),
            ("settlement_status", pa.string()),
            ("settled_stake_amount", AMOUNT),
            ("payout_amount", AMOUNT),
            ("settled_at", MOMENT),
            ("reason_code", pa.string()),
            ("leg_results", pa.list_(LEG_RESULT)),
            ("recorded_at", MOMENT),
        ]
    ),
)
PROFILES = Feed(
    source="customers",
    table="customer_profiles",
    keys=("customer_id", "updated_at"),
    schema=pa.schema(
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
            ("registered_at", MOMENT),
            ("account_status", pa.string()),
            ("kyc_status", pa.string()),
            ("vip_tier", pa.string()),
            ("marketing_opt_in", pa.bool_()),
            ("acquisition_channel", pa.string()),
            ("is_test_account", pa.bool_()),
            ("updated_at", MOMENT),
            ("recorded_at", MOMENT),
        ]
    ),
)
FEEDS = (BETS, SETTLEMENTS, PROFILES)
