"""Every audience, relation and column tried on the published files: no leak."""

import shutil
from pathlib import Path

import duckdb
import pytest

from orchestration.access import matrix
from orchestration.access.rights import Policy, grants_of, relations_of
from orchestration.errors import WarehouseError
from orchestration.seeds import read_seed
from orchestration.serving.publish import publish
from orchestration.settings import Settings
from orchestration.transform import dbt
from tests.serving.published import differences
from tests.serving.stand_in import JURISDICTIONS, StandIn


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory, parsed: Path) -> Settings:
    """A publication by the real policy."""
    settings = Settings(tmp_path_factory.mktemp("published"))
    settings.target_path.mkdir(parents=True)
    shutil.copy(parsed, settings.target_path)
    StandIn(settings)
    publish(settings)
    return settings


def may_see(audience: str, schema: str, relation: str, column: str) -> bool:
    """By the seeds alone."""
    return any(
        row["audience"] == audience
        and row["schema_name"] == schema
        and row["relation_name"] in {"", relation}
        for row in read_seed("audience_access")
    ) and not any(
        (row["audience"], row["schema_name"], row["relation_name"], row["column_name"])
        == (audience, schema, relation, column)
        for row in read_seed("audience_hidden_columns")
    )


def test_what_may_be_seen_is_there_and_nothing_else(published: Settings) -> None:
    manifest = dbt.manifest(published)
    tried = [
        (relation.schema, relation.name, column)
        for relation in relations_of(manifest)
        for column in relation.columns
    ]
    tried += [
        (source["schema"], source["identifier"], column)
        for source in manifest["sources"].values()
        for column in source["columns"]
    ]
    audiences = {row["audience"] for row in read_seed("audience_access")}
    wrong, count = [], 0
    for audience in sorted(audiences - {"privacy_office"}):
        file = published.serving / audience / "current.duckdb"
        with duckdb.connect(str(file), read_only=True) as connection:
            for schema, relation, column in tried:
                count += 1
                query = f'select "{column}" from "{schema}"."{relation}"'
                try:
                    connection.execute(query)
                    is_there = True
                except (duckdb.CatalogException, duckdb.BinderException):
                    is_there = False
                if is_there != may_see(audience, schema, relation, column):
                    wrong.append((audience, schema, relation, column, is_there))
    assert wrong == []
    assert count > 5000
    assert not (published.serving / "privacy_office").exists()


def test_a_licence_limits_the_rows(published: Settings) -> None:
    limited = [
        grant
        for grant in grants_of(dbt.manifest(published), Policy.of_checkout())
        if grant.jurisdictions is not None
    ]
    assert len(limited) >= 8
    for grant in limited:
        file = published.serving / grant.audience / "current.duckdb"
        with duckdb.connect(str(file), read_only=True) as connection:
            seen = connection.execute(
                f"select distinct jurisdiction from {grant.relation}"
            ).fetchall()
        licences = {
            row["jurisdiction"]
            for row in read_seed("audience_jurisdictions")
            if row["audience"] == grant.audience
        }
        assert {one for (one,) in seen} == licences
        assert licences < {*JURISDICTIONS}


def test_every_row_is_as_the_warehouse_has_it(published: Settings) -> None:
    assert differences(published) == []


def test_the_page_of_who_sees_what_is_current(published: Settings) -> None:
    page = matrix.page(dbt.manifest(published), Policy.of_checkout())
    assert matrix.PAGE.read_text() == page, "run python -m orchestration.access.matrix"


@pytest.mark.parametrize(
    ("kind", "row", "said"),
    [
        (
            "hidden",
            {"relation_name": "dim_dates", "column_name": "no_such"},
            "no column to hide",
        ),
        (
            "hidden",
            {
                "audience": "customer",
                "schema_name": "finance",
                "relation_name": "fct_open_bets",
                "column_name": "bet_id",
            },
            "may not see",
        ),
        ("access", {"relation_name": "dim_dates"}, "has no jurisdiction"),
        (
            "access",
            {"audience": "nobody", "relation_name": "dim_customers"},
            "has none",
        ),
    ],
)
def test_a_policy_that_cannot_be_meant_is_refused(
    published: Settings, kind: str, row: dict[str, str], said: str
) -> None:
    policy = Policy.of_checkout()
    usual = {
        "audience": "regulator_gb",
        "schema_name": "core",
        "row_scope": "licensed",
        "reason": "a test",
    }
    getattr(policy, kind).append(usual | row)
    with pytest.raises(WarehouseError, match=said):
        grants_of(dbt.manifest(published), policy)
