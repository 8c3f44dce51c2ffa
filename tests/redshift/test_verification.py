"""The ladder of `make verify-redshift`, in the smallest setting that holds it all."""

from pathlib import Path

import pytest

from tests.redshift.emulator import EmulatedRedshift
from tests.redshift.verification import Size, verify


@pytest.mark.slow
def test_the_whole_project_is_the_same_on_an_emulated_redshift(tmp_path: Path) -> None:
    # A cluster of its own: the statements that are counted are the project's alone.
    with EmulatedRedshift(tmp_path) as redshift:
        found = verify(redshift, tmp_path, Size(2, 150, 60, every_column=False))
    assert found.wrong == []
    assert found.relations >= 40
    assert found.statements is not None
    assert found.statements > 300
    assert found.controls >= 20
    assert found.tries >= 300
