"""S3: where files land, and where a load puts what COPY is to read."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from orchestration.errors import WarehouseError


class Landed(NamedTuple):
    """An object below a prefix: path, bytes, and modification time in ns."""

    path: str
    size_bytes: int
    modified_ns: int


class Prefix:
    """Objects below an S3 prefix, with the credentials of the environment.

    Args:
        url: `s3://bucket/prefix`.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.url = url.rstrip("/")
        self._bucket = parts.netloc
        self._prefix = parts.path.strip("/") + "/" if parts.path.strip("/") else ""
        self._s3: Any = boto3.client("s3")

    def listed(self) -> Iterator[Landed]:
        """Parquet files as a listing shows them, sorted; hidden names are left out.

        Raises:
            WarehouseError: S3 does not list them.
        """
        for path, item in self._visible():
            if _is_in_its_place(path):
                seconds = item["LastModified"].astimezone(UTC).timestamp()
                yield Landed(path, item["Size"], round(seconds * 1000) * 1_000_000)

    def misplaced(self) -> int:
        """Number of files that no load looks at, for where they lie or what they are.

        Raises:
            WarehouseError: S3 does not list them.
        """
        return sum(not _is_in_its_place(path) for path, _ in self._visible())

    def _visible(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Objects by their path below the prefix, but for hidden names."""
        pages = self._s3.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=self._prefix
        )
        try:
            for page in pages:
                for item in page.get("Contents", []):
                    path = item["Key"][len(self._prefix) :]
                    if not any(part.startswith((".", "_")) for part in path.split("/")):
                        yield path, item
        except (BotoCoreError, ClientError) as error:
            raise s3_problem(error) from error

    def waiting(
        self, seen: Mapping[str, set[tuple[int, int, str]]]
    ) -> Iterator[Landed]:
        """Those that no load has seen as they are now."""
        for one in self.listed():
            stamp = (one.size_bytes, one.modified_ns)
            if not any((s, m) == stamp for s, m, _ in seen.get(one.path, ())):
                yield one

    def fetch(self, one: Landed, into: Path) -> None:
        """Download to the same path below `into`; nothing if it has gone meanwhile."""
        location = into / one.path
        location.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._s3.download_file(self._bucket, self._prefix + one.path, str(location))
        except ClientError as error:
            if error.response["Error"]["Code"] not in {"404", "NoSuchKey"}:
                raise
            return
        os.utime(location, ns=(one.modified_ns, one.modified_ns))

    def put_with_manifest(self, files: Sequence[Path], name: str) -> str:
        """Upload files, and a manifest of them with the lengths that COPY checks.

        Returns:
            The manifest's URL.
        """
        entries = []
        for number, file in enumerate(files):
            key = f"{self._prefix}{name}/{number:04}.parquet"
            self._s3.upload_file(str(file), self._bucket, key)
            entries.append(
                {
                    "url": f"s3://{self._bucket}/{key}",
                    "mandatory": True,
                    "meta": {"content_length": file.stat().st_size},
                }
            )
        key = f"{self._prefix}{name}.manifest"
        body = json.dumps({"entries": entries}, indent=1).encode()
        self._s3.put_object(Bucket=self._bucket, Key=key, Body=body)
        return f"s3://{self._bucket}/{key}"

    def clear(self) -> None:
        """Delete everything below the prefix."""
        pages = self._s3.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=self._prefix
        )
        for page in pages:
            keys = [{"Key": item["Key"]} for item in page.get("Contents", [])]
            if keys:
                self._s3.delete_objects(Bucket=self._bucket, Delete={"Objects": keys})


def _is_in_its_place(path: str) -> bool:
    return path.count("/") > 1 and path.endswith(".parquet")


def s3_problem(error: BotoCoreError | ClientError) -> WarehouseError:
    """What a person is told when S3 did not do what it should."""
    return WarehouseError(
        f"S3: {error}",
        "Nothing was loaded. Check the bucket, and what the loader's IAM user may do "
        "(docs/guides/redshift.md), and run the command again.",
    )
