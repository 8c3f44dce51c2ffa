"""What people are told when a run fails, and how."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import dagster as dg
import pytest

from orchestration.defs.alerts import webhook
from orchestration.defs.alerts.failures import WEBHOOK, failure_alert
from orchestration.errors import WarehouseError

PERSONAL = "jane@example.com"


class Receiver(ThreadingHTTPServer):
    """A webhook on loopback that answers with `statuses` in turn, then with 200."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.statuses: list[int] = []
        self.received: list[dict[str, Any]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook"


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append(json.loads(body))
        statuses = self.server.statuses
        self.send_response(statuses.pop(0) if statuses else 200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@dg.asset(check_specs=[dg.AssetCheckSpec("amounts_add_up", asset="revenue")])
def revenue() -> Iterator[dg.AssetCheckResult | dg.MaterializeResult[None]]:
    yield dg.MaterializeResult()
    yield dg.AssetCheckResult(passed=False, metadata={"row": PERSONAL})
    raise ValueError(PERSONAL)


@pytest.fixture
def failed() -> Iterator[dg.RunFailureSensorContext]:
    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize([revenue], instance=instance, raise_on_error=False)
        yield dg.build_run_status_sensor_context(
            sensor_name="failure_alert",
            dagster_event=result.get_run_failure_event(),
            dagster_instance=instance,
            dagster_run=result.dagster_run,
        ).for_run_failure()


def test_a_failure_is_posted_by_its_names(
    failed: dg.RunFailureSensorContext,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(WEBHOOK, receiver.url)
    failure_alert(failed)
    run = failed.dagster_run
    assert receiver.received == [
        {
            "text": f"Run {run.run_id[:8]} of {run.job_name} failed in revenue; "
            "1 tests failed.",
            "job": run.job_name,
            "run_id": run.run_id,
            "failed_steps": ["revenue"],
            "failed_checks": ["revenue: amounts_add_up"],
            "errors": ["ValueError"],
        }
    ]


def test_no_personal_data_is_posted(
    failed: dg.RunFailureSensorContext,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(WEBHOOK, receiver.url)
    failure_alert(failed)
    assert PERSONAL not in json.dumps(receiver.received)


def test_without_a_webhook_the_failure_is_logged(
    failed: dg.RunFailureSensorContext,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv(WEBHOOK, raising=False)
    failure_alert(failed)
    log = capfd.readouterr().err
    assert "failed in revenue" in log
    assert f"{WEBHOOK} is not set" in log


def test_a_webhook_that_fails_is_tried_again(receiver: Receiver) -> None:
    receiver.statuses = [500, 503]
    webhook.post(receiver.url, {"text": "again"}, pause=0)
    assert receiver.received == [{"text": "again"}] * 3


def test_an_alert_that_cannot_be_delivered_is_an_error(receiver: Receiver) -> None:
    receiver.statuses = [500] * webhook.ATTEMPTS
    with pytest.raises(OSError, match="500"):
        webhook.post(receiver.url, {}, pause=0)


def test_only_web_addresses_are_posted_to() -> None:
    with pytest.raises(WarehouseError, match="does not begin with http"):
        webhook.post("file:///etc/passwd", {})
