"""An erasure that is killed is taken to its end, and nothing is done twice."""

from pathlib import Path

import pytest
from canaries import Canaries
from erased import TODAY, rows, subjects_of, totals

from orchestration.audit import Action, records
from orchestration.database import open_warehouse
from orchestration.errors import WarehouseError
from orchestration.privacy import certificate as certificates
from orchestration.privacy import landing as landed
from orchestration.privacy.erase import erase, resume
from orchestration.privacy.journal import Journal, unfinished
from orchestration.privacy.scan import scan
from orchestration.settings import Settings

pytestmark = pytest.mark.slow


class Killed(BaseException):
    """The process ends."""


def test_killed_at_each_step_it_is_taken_to_its_end(
    copy: Settings, planted: Canaries, monkeypatch: pytest.MonkeyPatch
) -> None:
    subjects = subjects_of(planted, copy)[:5]
    theirs = {one.customer_id for one in subjects}
    before = totals(copy)
    kills = []
    save, replaced = Journal.save, landed.move_durably

    def killed_before_it_is_written_down(journal: Journal, settings: Settings) -> None:
        if journal.done and journal.done[-1] not in kills:
            kills.append(journal.done[-1])
            raise Killed
        save(journal, settings)

    def killed_half_way(draft: Path, path: Path) -> None:
        replaced(draft, path)
        if "half way" not in kills:
            kills.append("half way")
            raise Killed

    monkeypatch.setattr(Journal, "save", killed_before_it_is_written_down)
    monkeypatch.setattr(landed, "move_durably", killed_half_way)
    with pytest.raises(Killed):
        erase(copy, subjects, today=TODAY)
    done = None
    while done is None:
        assert unfinished(copy)
        with pytest.raises(WarehouseError, match="under way"), open_warehouse(copy):
            pass
        try:
            done = resume(copy)
        except Killed:
            continue
    assert len(kills) == 9
    assert unfinished(copy) is None
    assert resume(copy) is None
    assert done.content["left_over"] == []
    assert totals(copy) == before
    held = "select count(*), count(distinct customer_id) from vault.held_records"
    [(count, customers)] = rows(copy, held)
    assert customers == 5
    assert count == len(set(rows(copy, "select * from vault.held_records")))
    assert len(rows(copy, "from vault.tombstones")) == 5
    assert len(rows(copy, "from vault.erasures")) == 5
    assert [r.action for r in records(copy)].count(Action.ERASE) == 1
    found = scan(copy.home, theirs, skip=[copy.home / "landing" / ".simulation"])
    assert {one.part for one in found.found} == {certificates.HELD}
