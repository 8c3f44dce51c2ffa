"""COPY of parquet by manifest from S3: what loads, what is refused, and rollback."""

import io
import json
from decimal import Decimal
from typing import Any

import boto3
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from redshift_connector.error import ProgrammingError

from tests.redshift.conftest import Run
from tests.redshift.emulator import EmulatedRedshift

REFUSED = ProgrammingError
FIELDS = {
    "bet_id": pa.int64(),
    "stake_amount": pa.decimal128(18, 2),
    "channel": pa.string(),
    "placed_at": pa.timestamp("us"),
    "is_in_play": pa.bool_(),
}
ROW = [1, Decimal("10.50"), "web", None, True]


class Landing:
    """Files in the emulated bucket, and the COPY of one manifest of them."""

    def __init__(self, redshift: EmulatedRedshift) -> None:
        env = redshift.env()
        self.bucket = env["REDSHIFT_S3_BUCKET"]
        self.role = env["REDSHIFT_IAM_ROLE"]
        self._s3: Any = boto3.client(
            "s3",
            endpoint_url=env["AWS_ENDPOINT_URL_S3"],
            region_name=env["AWS_DEFAULT_REGION"],
            aws_access_key_id=env["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
        )

    def put(self, key: str, rows: list[list[Any]], **types: pa.DataType) -> int:
        """Write a parquet file; `types` replaces or adds columns. Gives its bytes."""
        schema = pa.schema({**FIELDS, **types})
        columns = list(zip(*rows, strict=True))
        arrays = [pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)]
        buffer = io.BytesIO()
        pq.write_table(pa.table(arrays, schema=schema), buffer)
        self._s3.put_object(Bucket=self.bucket, Key=key, Body=buffer.getvalue())
        return len(buffer.getvalue())

    def entry(self, key: str, length: int | None, **other: object) -> dict[str, Any]:
        meta = {} if length is None else {"meta": {"content_length": length}}
        return {"url": f"s3://{self.bucket}/{key}", "mandatory": True, **meta, **other}

    def copy(self, *entries: dict[str, Any], table: str = "scratch.bets") -> str:
        """The COPY of a manifest with these entries."""
        body = json.dumps({"entries": entries}).encode()
        self._s3.put_object(Bucket=self.bucket, Key="manifest.json", Body=body)
        return (
            f"copy {table} from 's3://{self.bucket}/manifest.json'"
            f" iam_role '{self.role}' format as parquet manifest"
        )


@pytest.fixture
def landing(redshift: EmulatedRedshift, run: Run, schema: str) -> Landing:
    run(
        f"create table {schema}.bets (bet_id bigint, stake_amount decimal(18, 2),"
        " channel varchar(8), placed_at timestamp, is_in_play boolean)"
    )
    return Landing(redshift)


def count(run: Run) -> int:
    ((rows,),) = run("select count(*) from scratch.bets")
    return int(rows)


def test_manifest_loads_every_file(run: Run, landing: Landing) -> None:
    first = landing.entry("a.parquet", landing.put("a.parquet", [ROW]))
    empty_text = [2, Decimal("0.01"), "", None, None]
    second = landing.entry("b.parquet", landing.put("b.parquet", [empty_text]))
    optional = landing.entry("gone.parquet", 1, mandatory=False)
    run(landing.copy(first, second, optional))
    assert run("select * from scratch.bets order by 1") == [ROW, empty_text]


def test_same_statement_reads_the_files_again(run: Run, landing: Landing) -> None:
    statement = landing.copy(landing.entry("a", landing.put("a", [ROW])))
    run(statement)
    assert landing.copy(landing.entry("a", landing.put("a", [ROW, ROW]))) == statement
    run(statement)
    assert count(run) == 3


def test_copy_into_a_temporary_table_of_the_session(run: Run, landing: Landing) -> None:
    run("create temp table stage (like scratch.bets)")
    entry = landing.entry("a", landing.put("a", [ROW]))
    run(landing.copy(entry, table="stage"))
    assert run("select bet_id from stage") == [[1]]


def test_prefix_without_manifest(run: Run, landing: Landing) -> None:
    landing.put("day/a.parquet", [ROW])
    landing.put("day/b.parquet", [ROW])
    prefix = f"copy scratch.bets from 's3://{landing.bucket}/day/'"
    run(f"{prefix} iam_role default format parquet")
    assert count(run) == 2
    with pytest.raises(REFUSED, match="IAM_ROLE"):
        run(f"{prefix} format parquet")
    with pytest.raises(REFUSED, match="MAXERROR argument is not supported"):
        run(f"{prefix} iam_role default format parquet maxerror 5")


def test_refused_copies_leave_the_table_alone(run: Run, landing: Landing) -> None:
    good = landing.entry("good", landing.put("good", [ROW]))
    extra = landing.put("extra", [[*ROW, 1]], surplus=pa.int32())
    wide = landing.put("wide", [ROW], bet_id=pa.int32())
    scale = landing.put("scale", [ROW], stake_amount=pa.decimal128(18, 4))
    text = landing.put("text", [[1, Decimal(1), "too long for it", None, None]])
    refused = {
        "specified key does not exist": landing.entry("missing", 1),
        "no meta.content_length": landing.entry("good", None),
        "content_length of": landing.entry("good", 1),
        "has 6 columns": landing.entry("extra", extra),
        "incompatible Parquet schema for column bet_id": landing.entry("wide", wide),
        "incompatible Parquet schema for column stake": landing.entry("scale", scale),
        "value too long": landing.entry("text", text),
    }
    for reason, entry in refused.items():
        with pytest.raises(REFUSED, match=reason):
            run(landing.copy(good, entry))
    with pytest.raises(REFUSED, match=r"relation .* does not exist"):
        run(landing.copy(good, table="scratch.nowhere"))
    assert count(run) == 0
    run(landing.copy(good))
    assert count(run) == 1


def test_copy_takes_part_in_the_transaction(
    redshift: EmulatedRedshift, run: Run, landing: Landing
) -> None:
    statement = landing.copy(landing.entry("a", landing.put("a", [ROW])))
    with redshift.connect() as connection:
        cursor = connection.cursor()
        cursor.execute(statement)
        cursor.execute("select count(*) from scratch.bets")
        assert cursor.fetchone() == [1]
        assert count(run) == 0
        connection.rollback()
        assert count(run) == 0
        cursor.execute(statement)
        connection.commit()
    assert count(run) == 1


def test_a_user_needs_insert_to_copy(
    redshift: EmulatedRedshift, run: Run, landing: Landing
) -> None:
    run("create user loader password 'Secret-123'")
    run("grant usage on schema scratch to loader")
    statement = landing.copy(landing.entry("a", landing.put("a", [ROW])))
    with redshift.connect("loader", "Secret-123") as connection:
        with pytest.raises(REFUSED, match="permission denied"):
            connection.cursor().execute(statement)
        connection.rollback()
        run("grant insert, select on scratch.bets to loader")
        connection.cursor().execute(statement)
        connection.commit()
    assert count(run) == 1


def test_large_file_crosses_in_pieces(run: Run, landing: Landing) -> None:
    rows = [[n, Decimal(n), "web", None, None] for n in range(100_000)]
    run(landing.copy(landing.entry("big", landing.put("big", rows))))
    assert run("select count(*), sum(bet_id) from scratch.bets") == [
        [100_000, Decimal(4_999_950_000)]
    ]
