"""Posting JSON to somebody's webhook."""

import json
import time
import urllib.request
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from orchestration.errors import WarehouseError

TIMEOUT = 5.0
"""Seconds for one attempt; three fit in the minute that Dagster gives a sensor."""

ATTEMPTS = 3


def post(url: str, payload: Mapping[str, Any], *, pause: float = 1.0) -> None:
    """Post a payload as JSON, again when that fails.

    Args:
        url: Where to; http or https. Often a secret, so errors do not repeat it.
        payload: What to say.
        pause: Seconds between attempts.

    Raises:
        WarehouseError: The address is no web address.
        OSError: The last attempt failed: no connection, a timeout or an HTTP error.
    """
    if urlsplit(url).scheme not in {"http", "https"}:
        raise WarehouseError(
            "The webhook's address does not begin with http:// or https://.",
            "Set WAREHOUSE_ALERT_WEBHOOK to the whole address.",
            exit_code=2,
        )
    request = urllib.request.Request(  # noqa: S310 - the scheme is checked above
        url,
        data=json.dumps(payload).encode(),
        headers={"Content-Type": "application/json"},
    )
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT):  # noqa: S310
                return
        except OSError:
            if attempt == ATTEMPTS:
                raise
            time.sleep(pause)
