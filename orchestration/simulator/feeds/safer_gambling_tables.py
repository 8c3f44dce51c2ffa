"""Tables of the safer gambling system and the values in them."""

from __future__ import annotations

import pyarrow as pa

from orchestration.simulator.feed import AMOUNT, MOMENT, Feed

TYPES = ("deposit", "loss", "stake")
PERIODS = ("day", "week", "month")
ACTIONS = ("set", "lower", "raise", "remove", "cancel")
SET, LOWER, RAISE, REMOVE, CANCEL = range(5)
KINDS = ("time_out", "self_exclusion")
SCOPES = ("operator", "national_register")
MARKERS = (
    "customer_spend", "patterns_of_spend", "time_spent", "gambling_behaviour",
    "customer_led_contact", "use_of_tools", "account_indicators",
)  # fmt: skip
CHANNELS = ("email", "in_app", "phone", "chat")
INTERVENTIONS = (
    "information", "limit_suggested", "limit_imposed", "time_out_offered",
    "account_restricted",
)  # fmt: skip
OUTCOMES = ("limit_set", "time_out_taken", "no_change", "no_response")
TIME_OUT_TAKEN = 1

LIMITS = Feed(
    source="safer_gambling",
    table="limit_changes",
    keys=("limit_change_id",),
    schema=pa.schema(
        [
            ("limit_change_id", pa.string()),
            ("customer_id", pa.string()),
            ("limit_type", pa.string()),
            ("limit_period", pa.string()),
            ("action", pa.string()),
            ("currency_code", pa.string()),
            ("limit_amount", AMOUNT),
            ("requested_at", MOMENT),
            ("effective_at", MOMENT),
            ("recorded_at", MOMENT),
        ]
    ),
    nullable=frozenset({"limit_amount"}),
    values={"limit_type": TYPES, "limit_period": PERIODS, "action": ACTIONS},
    after={"effective_at": "requested_at"},
)
EXCLUSIONS = Feed(
    source="safer_gambling",
    table="exclusions",
    keys=("exclusion_id",),
    schema=pa.schema(
        [
            ("exclusion_id", pa.string()),
            ("customer_id", pa.string()),
            ("exclusion_type", pa.string()),
            ("scope", pa.string()),
            ("started_at", MOMENT),
            ("ends_at", MOMENT),
            ("recorded_at", MOMENT),
        ]
    ),
    nullable=frozenset({"ends_at"}),
    values={"exclusion_type": KINDS, "scope": SCOPES},
)
INTERACTIONS = Feed(
    source="safer_gambling",
    table="interactions",
    keys=("interaction_id",),
    schema=pa.schema(
        [
            ("interaction_id", pa.string()),
            ("customer_id", pa.string()),
            ("marker_of_harm", pa.string()),
            ("channel", pa.string()),
            ("intervention", pa.string()),
            ("outcome", pa.string()),
            ("notes", pa.string()),
            ("interacted_at", MOMENT),
            ("recorded_at", MOMENT),
        ]
    ),
    nullable=frozenset({"outcome", "notes"}),
    values={
        "marker_of_harm": MARKERS,
        "channel": CHANNELS,
        "intervention": INTERVENTIONS,
        "outcome": OUTCOMES,
    },
)
