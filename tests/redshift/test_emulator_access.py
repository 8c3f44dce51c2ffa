"""Users see what their roles and groups were granted, and nothing else."""

import pytest
from redshift_connector.error import Error, ProgrammingError

from tests.redshift.conftest import Run
from tests.redshift.emulator import EmulatedRedshift

REFUSED = ProgrammingError


def test_grants_to_roles_and_groups(
    redshift: EmulatedRedshift, run: Run, schema: str
) -> None:
    run(f"create table {schema}.revenue as select 1 as a")
    run(f"create table {schema}.vault as select 'x' as email")
    run(f"create view {schema}.bound as select email from {schema}.vault")
    run(
        f"create view {schema}.late as select email from {schema}.vault"
        " with no schema binding"
    )
    run("create role accountants")
    run("create group readers")
    run("create user ann password 'Secret-123'")
    run("create user bob password 'Secret-123' in group readers")
    run("grant role accountants to ann")
    for grantee in ("role accountants", "group readers"):
        run(f"grant usage on schema {schema} to {grantee}")
    run(f"grant select on {schema}.revenue to role accountants")
    run(f"grant select on {schema}.bound, {schema}.late to group readers")

    def may_read(user: str, relation: str) -> bool:
        with redshift.connect(user, "Secret-123") as connection:
            try:
                connection.cursor().execute(f"select * from {schema}.{relation}")
            except REFUSED as error:
                assert "permission denied" in str(error)  # noqa: PT017
                return False
        return True

    relations = ("revenue", "vault", "bound", "late")
    assert [may_read("ann", r) for r in relations] == [True, False, False, False]
    assert [may_read("bob", r) for r in relations] == [False, False, True, True]
    assert run(
        "select identity_name, identity_type, relation_name"
        f" from svv_relation_privileges where namespace_name = '{schema}'"
        " and identity_type <> 'user' order by 3"
    ) == [
        ["readers", "group", "bound"],
        ["readers", "group", "late"],
        ["accountants", "role", "revenue"],
    ]
    run(f"revoke select on {schema}.revenue from role accountants")
    assert not may_read("ann", "revenue")


def test_wrong_password_is_refused(redshift: EmulatedRedshift) -> None:
    with pytest.raises(Error, match="password authentication"):
        redshift.connect(password="wrong")  # noqa: S106
