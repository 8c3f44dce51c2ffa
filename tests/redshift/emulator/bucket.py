"""The files of S3 that COPY reads, by prefix or by manifest.

https://docs.aws.amazon.com/redshift/latest/dg/loading-data-files-using-manifest.html
"""

import io
import json
from collections.abc import Iterator
from typing import Any

import boto3
import pyarrow as pa
import pyarrow.parquet as pq
from botocore.exceptions import ClientError

from tests.redshift.emulator.copying import Copy, CopyError

# What COPY takes together with a columnar format.
_OPTIONS = {
    "format", "as", "parquet", "iam_role", "credentials", "manifest", "fillrecord",
    "statupdate", "acceptinvchars", "explicit_ids", "serializetojson", "default",
    "on", "off", "true", "false",
}  # fmt: skip


class Bucket:
    """The files of S3 that COPY reads."""

    def __init__(self, endpoint: str) -> None:
        self._s3 = boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name="eu-west-1",
            aws_access_key_id="emulated",
            aws_secret_access_key="emulated",  # noqa: S106 - a local server
        )

    def tables(self, copy: Copy) -> Iterator[tuple[str, pa.Table]]:
        """Each file's URI and rows.

        Raises CopyError for what makes Redshift refuse the whole COPY.
        """
        if not copy.options & {"iam_role", "credentials"}:
            raise CopyError("COPY needs IAM_ROLE or CREDENTIALS")
        if unknown := copy.options - _OPTIONS:
            names = ", ".join(sorted(unknown)).upper()
            raise CopyError(f"{names} argument is not supported for PARQUET based COPY")
        if "parquet" not in copy.options:
            raise CopyError("only FORMAT AS PARQUET is emulated")
        files = self._manifest if "manifest" in copy.options else self._prefix
        for uri, mandatory, length in files(copy.uri):
            try:
                body = self._read(uri)
            except CopyError:
                if mandatory:
                    raise
                continue
            if length is not None and length != len(body):
                raise CopyError(
                    f"content_length of {uri} is {length}, the file's is {len(body)}"
                )
            yield uri, _parquet(uri, body)

    def _read(self, uri: str) -> bytes:
        bucket, key = uri.removeprefix("s3://").split("/", 1)
        try:
            answer = self._s3.get_object(Bucket=bucket, Key=key)
            return bytes(answer["Body"].read())
        except ClientError as error:
            raise CopyError(f"The specified key does not exist: {uri}") from error

    def _prefix(self, uri: str) -> Iterator[tuple[str, bool, int | None]]:
        bucket, prefix = uri.removeprefix("s3://").split("/", 1)
        pages = self._s3.get_paginator("list_objects_v2")
        found = False
        for page in pages.paginate(Bucket=bucket, Prefix=prefix):
            for item in page.get("Contents", []):
                found = True
                yield f"s3://{bucket}/{item['Key']}", True, None
        if not found:
            raise CopyError(f"The specified S3 prefix '{prefix}' does not exist")

    def _manifest(self, uri: str) -> Iterator[tuple[str, bool, int | None]]:
        try:
            entries: list[dict[str, Any]] = json.loads(self._read(uri))["entries"]
        except (ValueError, KeyError, TypeError) as error:
            raise CopyError(f"{uri} is not a manifest: {error}") from error
        for entry in entries:
            length = entry.get("meta", {}).get("content_length")
            if length is None:
                raise CopyError(
                    f"{entry['url']} has no meta.content_length, which the manifest of"
                    " a columnar COPY must have"
                )
            yield entry["url"], entry.get("mandatory", False), length


def _parquet(uri: str, body: bytes) -> pa.Table:
    try:
        return pq.read_table(io.BytesIO(body))
    except (pa.ArrowException, OSError) as error:
        raise CopyError(f"{uri} is not a valid Parquet File: {error}") from error
