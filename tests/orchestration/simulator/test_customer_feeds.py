"""The systems about customers tell of the same world as bets and profiles do."""

from bisect import bisect_right
from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.simulator import Dirt, Simulation, SimulationConfig, simulate

CONFIG = SimulationConfig(
    days=8, bets_per_day=1_500, customers=1_500, dirt=Dirt.only("profile_changes")
)
NEVER = datetime(9999, 1, 1)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Simulation:
    return simulate(CONFIG, tmp_path_factory.mktemp("world"), truth=False)


def rows(world: Simulation, table: str) -> list[dict[str, Any]]:
    paths = [world.into / f.path for f in world.files if f.table == table]
    whole: list[dict[str, Any]] = pa.concat_tables(
        [pq.read_table(path) for path in paths]
    ).to_pylist()
    return whole


def labelled(world: Simulation, kind: str) -> set[str]:
    return {
        label["item_id"] for label in world.labels.to_pylist() if label["kind"] == kind
    }


def exclusions(world: Simulation) -> dict[str, list[tuple[datetime, datetime, str]]]:
    """Start, end and id of each customer's exclusions."""
    found = defaultdict(list)
    for row in rows(world, "exclusions"):
        span = (row["started_at"], row["ends_at"] or NEVER, row["exclusion_id"])
        found[row["customer_id"]].append(span)
    return found


def test_who_is_excluded_does_not_bet_unless_it_is_labelled(world: Simulation) -> None:
    excluded = exclusions(world)
    breached = {
        exclusion
        for bet in rows(world, "bets_placed")
        for start, end, exclusion in excluded.get(bet["customer_id"], ())
        if start <= bet["placed_at"] < end
    }
    assert breached == labelled(world, "bets_while_excluded") != set()
    assert len(excluded) > len(breached)


def test_who_is_excluded_gets_no_message_unless_it_is_labelled(
    world: Simulation,
) -> None:
    excluded = exclusions(world)
    wrongly = {
        send["send_id"]
        for send in rows(world, "sends")
        for start, end, _ in excluded.get(send["customer_id"], ())
        if start <= send["sent_at"] < end and send["delivery_status"] != "held_out"
    }
    assert wrongly == labelled(world, "messages_while_excluded") != set()


def test_messages_go_to_those_who_agree(world: Simulation) -> None:
    consents = defaultdict(list)
    for row in rows(world, "consent_changes"):
        consents[row["customer_id"], row["channel"]].append(
            (row["changed_at"], row["is_granted"])
        )
    channels = {row["campaign_id"]: row["channel"] for row in rows(world, "campaigns")}
    wrongly = labelled(world, "messages_while_excluded")
    sends = [row for row in rows(world, "sends") if row["send_id"] not in wrongly]
    assert len(sends) > 500
    for send in sends:
        said = sorted(consents[send["customer_id"], channels[send["campaign_id"]]])
        last = bisect_right([at for at, _ in said], send["sent_at"]) - 1
        assert said[last][1], send


def test_only_messages_that_arrive_are_answered(world: Simulation) -> None:
    sends = {row["send_id"]: row for row in rows(world, "sends")}
    responses = rows(world, "responses")
    opened = {r["send_id"]: r for r in responses if r["response_type"] == "open"}
    for response in responses:
        send = sends[response["send_id"]]
        assert send["delivery_status"] == "delivered"
        assert response["customer_id"] == send["customer_id"]
        assert response["responded_at"] > send["sent_at"]
        if response["response_type"] == "click":
            answered = opened.get(response["send_id"])
            assert (
                answered is None or answered["responded_at"] < response["responded_at"]
            )


def test_consents_are_what_profiles_say(world: Simulation) -> None:
    consents = {
        (row["customer_id"], row["changed_at"]): row["is_granted"]
        for row in rows(world, "consent_changes")
    }
    registered = [
        row
        for row in rows(world, "customer_profiles")
        if row["registered_at"] == row["updated_at"]
    ]
    assert len(registered) > CONFIG.customers * 0.9
    for row in registered:
        key = (row["customer_id"], row["registered_at"])
        assert consents[key] == row["marketing_opt_in"]


def test_customers_are_verified_before_they_register_or_are_not(
    world: Simulation,
) -> None:
    outcomes = {"verified": "passed", "pending": "referred", "failed": "failed"}
    checks = {
        row["customer_id"]: row
        for row in rows(world, "identity_checks")
        if row["check_type"] == "identity"
    }
    profiles = rows(world, "customer_profiles")
    assert {row["kyc_status"] for row in profiles} == set(outcomes)
    for row in profiles:
        check = checks[row["customer_id"]]
        assert check["outcome"] == outcomes[row["kyc_status"]]
        assert check["completed_at"] < row["registered_at"]


def test_every_remote_bet_is_in_one_session_at_its_time(world: Simulation) -> None:
    placed = {
        row["bet_id"]: row
        for row in rows(world, "bets_placed")
        if row["channel"] != "retail"
    }
    seen = set()
    for session in rows(world, "sessions"):
        events = session["events"]
        assert [event["event_no"] for event in events] == [*range(1, len(events) + 1)]
        moments = [event["occurred_at"] for event in events]
        assert moments == sorted(moments)
        assert session["started_at"] == moments[0]
        assert moments[-1] <= session["ended_at"]
        for event in events:
            if event["bet_id"] is None:
                continue
            bet = placed[event["bet_id"]]
            assert event["occurred_at"] == bet["placed_at"]
            assert session["customer_id"] == bet["customer_id"]
            assert session["device_id"] == bet["device_id"]
            assert event["bet_id"] not in seen
            seen.add(event["bet_id"])
    # The last sessions end after the last delivery.
    assert len(seen) > len(placed) * 0.97


def test_the_last_visit_is_the_origin_that_the_profile_gives(
    world: Simulation,
) -> None:
    last: dict[str, dict[str, Any]] = {}
    for touch in rows(world, "touchpoints"):
        known = last.get(touch["customer_id"])
        if known is None or touch["touched_at"] > known["touched_at"]:
            last[touch["customer_id"]] = touch
    referred = {row["referred_customer_id"] for row in rows(world, "referrals")}
    for row in rows(world, "customer_profiles"):
        touch = last[row["customer_id"]]
        assert touch["marketing_channel"] == row["acquisition_channel"]
        assert touch["touched_at"] < row["registered_at"]
        assert row["customer_id"] not in referred or touch["marketing_channel"] == (
            "referral"
        )


def test_half_of_the_costs_are_restated_two_days_later(world: Simulation) -> None:
    said = defaultdict(list)
    for row in rows(world, "channel_costs"):
        key = (row["cost_date"], row["marketing_channel"], row["campaign_code"])
        said[key].append((row["recorded_at"], row["cost_amount"]))
    twice = [sorted(statements) for statements in said.values() if len(statements) > 1]
    assert len(said) == CONFIG.days * 12
    assert 0.3 < len(twice) / len(said) < 0.6  # of the last two days, none yet
    assert {b[0] - a[0] for a, b in twice} == {timedelta(days=2)}
    assert all(a[1] != b[1] for a, b in twice)


def test_a_limit_waits_before_it_allows_more(world: Simulation) -> None:
    changes = rows(world, "limit_changes")
    assert {row["action"] for row in changes} == {
        "set", "lower", "raise", "remove", "cancel",
    }  # fmt: skip
    for row in changes:
        waits = row["effective_at"] - row["requested_at"]
        assert waits == timedelta(days=row["action"] in {"raise", "remove"})
        assert (row["limit_amount"] is None) == (row["action"] in {"remove", "cancel"})


def test_one_experiment_loses_customers(world: Simulation) -> None:
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows(world, "assignments"):
        counts[row["experiment_id"]][row["variant"]] += 1
    leaky = {
        row["experiment_id"]
        for row in rows(world, "experiments")
        if _chi_square(row["variants"], counts[row["experiment_id"]]) > 13.816
    }
    assert leaky == labelled(world, "sample_ratio_mismatch") != set()


def _chi_square(variants: list[dict[str, Any]], counts: dict[str, int]) -> float:
    total = sum(counts.values())
    expected = {v["variant"]: float(v["planned_share"]) * total for v in variants}
    return sum((counts[name] - want) ** 2 / want for name, want in expected.items())


def test_the_same_seed_gives_the_same_files_whatever_else_delivers(
    tmp_path: Path, world: Simulation
) -> None:
    names = {"crm", "safer_gambling"}
    config = SimulationConfig(
        days=CONFIG.days,
        bets_per_day=CONFIG.bets_per_day,
        customers=CONFIG.customers,
        dirt=Dirt.only("profile_changes"),
        sources=frozenset(names),
    )
    again = simulate(config, tmp_path, truth=False, workers=1)
    for file in again.files:
        if file.path.split("/")[0] in names:
            both = (again.into / file.path, world.into / file.path)
            assert both[0].read_bytes() == both[1].read_bytes()
