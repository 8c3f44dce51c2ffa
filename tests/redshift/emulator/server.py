"""PostgreSQL, S3 and proxy, started and stopped as one."""

import contextlib
import logging
import secrets
from pathlib import Path
from types import TracebackType
from typing import Self

import boto3
import redshift_connector
from moto.server import ThreadedMotoServer
from redshift_connector.core import Connection

from tests.redshift.emulator.bucket import Bucket
from tests.redshift.emulator.postgres import Postgres, free_port
from tests.redshift.emulator.proxy import Proxy, Translator
from tests.redshift.emulator.wirelog import Statement, WireLog

logging.getLogger("werkzeug").setLevel(logging.WARNING)  # one line per S3 request

_HOST = "127.0.0.1"
_USER = "admin"
_DATABASE = "dev"
_REGION = "eu-west-1"
_ROLE = "arn:aws:iam::123456789012:role/redshift-load"


class EmulatedRedshift:
    """A Redshift cluster and an S3 bucket on free loopback ports; a context manager.

    Everything stops when the block is left, by an exception too.

    Args:
        workdir: an existing folder, which gets `wire.jsonl` (every statement as it came
            and as PostgreSQL got it) and `postgres.log`.

    Raises:
        PostgresMissingError: no PostgreSQL server is installed; says what to install.
    """

    def __init__(self, workdir: Path | str) -> None:
        self._workdir = Path(workdir)
        # All S3 servers of a process share their buckets.
        self._bucket = f"landing-{secrets.token_hex(4)}"
        self._running = contextlib.ExitStack()

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as starting:
            log = self._workdir / "postgres.log"
            self._postgres = starting.enter_context(Postgres(_USER, _DATABASE, log))
            self._s3 = ThreadedMotoServer(_HOST, free_port(), verbose=False)
            self._s3.start()
            starting.callback(self._s3.stop)
            self._create_bucket()
            self._log = WireLog(self._workdir / "wire.jsonl")
            starting.callback(self._log.close)
            translator = Translator(self._log, Bucket(self._endpoint))
            self._proxy = Proxy(free_port(), self._postgres.port, translator)
            starting.callback(self._proxy.stop)
            self._proxy.start()
            self._running = starting.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._running.close()

    def env(self) -> dict[str, str]:
        """Environment variables that point dbt, loader and boto3 at this cluster."""
        return {
            "REDSHIFT_HOST": _HOST,
            "REDSHIFT_PORT": str(self._proxy.port),
            "REDSHIFT_USER": _USER,
            "REDSHIFT_PASSWORD": self._postgres.password,
            "REDSHIFT_DBNAME": _DATABASE,
            "REDSHIFT_SSLMODE": "disable",
            "REDSHIFT_IAM_ROLE": _ROLE,
            "REDSHIFT_S3_BUCKET": self._bucket,
            "AWS_ENDPOINT_URL_S3": self._endpoint,
            "AWS_ACCESS_KEY_ID": "emulated",
            "AWS_SECRET_ACCESS_KEY": "emulated",
            "AWS_DEFAULT_REGION": _REGION,
        }

    def connect(
        self, user: str | None = None, password: str | None = None
    ) -> Connection:
        """A connection through the proxy, by default as the administrator."""
        return redshift_connector.connect(
            host=_HOST,
            port=self._proxy.port,
            user=user or _USER,
            password=password or self._postgres.password,
            database=_DATABASE,
            ssl=False,
        )

    def statements(self) -> list[Statement]:
        """Every distinct statement so far, with the reason for each refusal."""
        return self._log.statements()

    @property
    def _endpoint(self) -> str:
        host, port = self._s3.get_host_and_port()
        return f"http://{host}:{port}"

    def _create_bucket(self) -> None:
        s3 = boto3.client(
            "s3",
            endpoint_url=self._endpoint,
            region_name=_REGION,
            aws_access_key_id="emulated",
            aws_secret_access_key="emulated",  # noqa: S106 - a local server
        )
        s3.create_bucket(
            Bucket=self._bucket,
            CreateBucketConfiguration={"LocationConstraint": _REGION},
        )
