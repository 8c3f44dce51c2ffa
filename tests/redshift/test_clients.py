"""Clients that are not ours: psql and the driver, as a member of an audience."""

import subprocess

from tests.redshift.conftest import Run
from tests.redshift.emulator import EmulatedRedshift
from tests.redshift.emulator.installed import find_server

PASSWORD = "Secret-123"  # noqa: S105 - of a cluster that lives for this test


def test_psql_and_the_driver_see_what_the_audience_may(
    redshift: EmulatedRedshift, run: Run, schema: str
) -> None:
    run(
        f"create table {schema}.revenue as select 'GB' as jurisdiction,"
        " cast(1.50 as decimal(18, 2)) as amount, 'x' as filed_by"
        " union all select 'ES', 2.50, 'y'"
    )
    run("create schema for_reader")
    run(
        "create view for_reader.revenue as select jurisdiction, amount"
        f" from {schema}.revenue where jurisdiction in ('GB') with no schema binding"
    )
    run("create role reader")
    run(f"create user eve password '{PASSWORD}'")
    run("grant role reader to eve")
    run(f"grant usage on schema {schema} to role reader")
    run("grant usage on schema for_reader to role reader")
    run("grant select on for_reader.revenue to role reader")

    def psql(query: str) -> subprocess.CompletedProcess[str]:
        environment = redshift.env()
        program = find_server() / "psql"
        host, port = (environment[f"REDSHIFT_{name}"] for name in ("HOST", "PORT"))
        database = environment["REDSHIFT_DBNAME"]
        return subprocess.run(
            [
                *(program, "-X", "-A", "-t", "-h", host, "-p", port),
                *("-U", "eve", "-d", database, "-c", query),
            ],
            env={"PGPASSWORD": PASSWORD, "PGSSLMODE": "disable"},
            capture_output=True,
            text=True,
            check=False,
        )

    query = "select jurisdiction, amount from for_reader.revenue"
    assert psql(query).stdout.strip() == "GB|1.50"
    for refused in (
        f"select * from {schema}.revenue",
        f"select filed_by from {schema}.revenue",
    ):
        assert "permission denied" in psql(refused).stderr
    assert "filed_by" in psql("select filed_by from for_reader.revenue").stderr
    with redshift.connect("eve", PASSWORD) as connection:
        cursor = connection.cursor()
        cursor.execute(query)
        assert [[str(cell) for cell in row] for row in cursor.fetchall()] == [
            ["GB", "1.50"]
        ]
    run("drop schema for_reader cascade")
