"""What is verified: the emulation, or a cluster that the environment names."""

import os
from typing import Protocol

import redshift_connector
from redshift_connector.core import Connection

from tests.redshift.emulator.wirelog import Statement


class Cluster(Protocol):
    """A Redshift to verify against; `EmulatedRedshift` is one."""

    def env(self) -> dict[str, str]:
        """Environment variables that lead dbt, the loader and boto3 to it."""

    def connect(
        self, user: str | None = None, password: str | None = None
    ) -> Connection:
        """A connection, by default as the user that loads and builds."""

    def statements(self) -> list[Statement] | None:
        """Every distinct statement that was seen; None where nobody looks on."""


class RealCluster:
    """The cluster or workgroup of REDSHIFT_HOST, as the loader itself reaches it."""

    def env(self) -> dict[str, str]:
        """Nothing to add: the environment is as the user set it."""
        return {}

    def connect(
        self, user: str | None = None, password: str | None = None
    ) -> Connection:
        """See `Cluster`."""
        sslmode = os.environ.get("REDSHIFT_SSLMODE", "verify-full")
        return redshift_connector.connect(
            host=os.environ["REDSHIFT_HOST"],
            port=int(os.environ.get("REDSHIFT_PORT", "5439")),
            user=user or os.environ["REDSHIFT_USER"],
            password=password or os.environ["REDSHIFT_PASSWORD"],
            database=os.environ.get("REDSHIFT_DBNAME", "warehouse"),
            ssl=sslmode != "disable",
            sslmode=sslmode,
        )

    def statements(self) -> None:
        """See `Cluster`."""
