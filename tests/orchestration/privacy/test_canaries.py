"""Personal values are where they may be, and nowhere else."""

from collections import defaultdict
from pathlib import Path

import pytest
from canaries import Canaries
from erased import rows

from orchestration.privacy.scan import PAGES, scan
from orchestration.privacy.subjects import Contracts, personal_columns
from orchestration.settings import Settings

pytestmark = pytest.mark.slow
_REASONS = """
    select distinct quarantine.reason from raw.quarantine inner join raw.files
    using (file_id) where path like '%canaries%'
"""


def test_every_kind_of_source_was_planted_in(
    planted: Canaries, contracts: Contracts
) -> None:
    personal = {
        (contract.relation, c.name)
        for contract in contracts.values()
        for c in personal_columns(contract)
        if c.family in {"varchar", "date"}
    }
    assert planted.columns == personal
    assert len(planted.tables) == 10
    assert len(planted.direct) > 50
    assert len(planted.indirect) > 50


def test_no_canary_is_outside_of_the_vault(
    home: Path, planted: Canaries, told: list[str]
) -> None:
    found = scan(home, planted.all, skip=[home / "landing"])
    places: dict[str, set[str]] = defaultdict(set)
    for one in found.found:
        assert one.path == "warehouse.duckdb", one
        assert one.part != PAGES, one
        places[one.part.split(".")[0]] |= one.texts
    assert places["vault"] == planted.good & planted.direct, "the scan can find them"
    assert places["raw"] == planted.good & planted.indirect
    assert set(places) == {"vault", "raw"}
    assert found.files > 500
    said = "".join(told)
    assert len(said) > 2000
    assert [canary for canary in planted.all if canary in said] == []
    assert set(scan(home / "landing", planted.all).texts) == planted.all
    stored = "select count(*) from duckdb_tables() where schema_name like '%audit'"
    assert rows(Settings(home), stored)[0][0] > 0, "a test that failed kept its rows"
    reasons = {reason for (reason,) in rows(Settings(home), _REASONS)}
    assert {
        "unreadable_file", "missing_column", "wrong_type", "unknown_table",
        "bad_encoding", "null_not_allowed",
    } <= reasons  # fmt: skip
