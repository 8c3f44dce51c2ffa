"""Tables of the campaign tool, and the campaigns there are."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from orchestration.simulator.feed import MOMENT, Feed

SHARE = pa.decimal128(6, 4)
CHANNELS = ("email", "sms", "push")
PURPOSES = ("welcome", "retention", "reactivation", "cross_sell")
STATUSES = ("delivered", "bounced", "held_out")
DELIVERED, BOUNCED, HELD_OUT = range(3)
HOLDOUT = 0.1  # of a campaign's audience


@dataclass(frozen=True)
class Drive:
    """One campaign: its channel, purpose and promotion (-1 is none), by position."""

    name: str
    channel: int
    purpose: int
    promotion: int


DRIVES = (
    Drive("Saturday odds boost", 0, 1, 3),
    Drive("Welcome journey", 0, 0, 0),
    Drive("Come back", 1, 2, 7),
    Drive("Final reminder", 2, 1, -1),
    Drive("Bet builder", 2, 3, 11),
    Drive("Midweek free bet", 0, 1, 15),
)

CAMPAIGNS = Feed(
    source="crm",
    table="campaigns",
    keys=("campaign_id",),
    schema=pa.schema(
        [
            ("campaign_id", pa.string()),
            ("campaign_name", pa.string()),
            ("channel", pa.string()),
            ("purpose", pa.string()),
            ("promotion_id", pa.string()),
            ("holdout_share", SHARE),
            ("starts_at", MOMENT),
            ("ends_at", MOMENT),
            ("recorded_at", MOMENT),
        ]
    ),
    nullable=frozenset({"promotion_id", "ends_at"}),
    values={"channel": CHANNELS, "purpose": PURPOSES},
)
SENDS = Feed(
    source="crm",
    table="sends",
    keys=("send_id",),
    schema=pa.schema(
        [
            ("send_id", pa.string()),
            ("campaign_id", pa.string()),
            ("customer_id", pa.string()),
            ("delivery_status", pa.string()),
            ("sent_at", MOMENT),
            ("recorded_at", MOMENT),
        ]
    ),
    values={"delivery_status": STATUSES},
)
RESPONSES = Feed(
    source="crm",
    table="responses",
    keys=("response_id",),
    schema=pa.schema(
        [
            ("response_id", pa.string()),
            ("send_id", pa.string()),
            ("customer_id", pa.string()),
            ("response_type", pa.string()),
            ("responded_at", MOMENT),
            ("recorded_at", MOMENT),
        ]
    ),
    values={"response_type": ("open", "click")},
)
CONSENTS = Feed(
    source="crm",
    table="consent_changes",
    keys=("consent_change_id",),
    schema=pa.schema(
        [
            ("consent_change_id", pa.string()),
            ("customer_id", pa.string()),
            ("channel", pa.string()),
            ("captured_by", pa.string()),
            ("is_granted", pa.bool_()),
            ("changed_at", MOMENT),
            ("recorded_at", MOMENT),
        ]
    ),
    values={"channel": CHANNELS, "captured_by": ("registration", "profile")},
)
