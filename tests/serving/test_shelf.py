"""Links of publications, whenever the machine stops."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from orchestration.errors import WarehouseError
from orchestration.serving.rollback import roll_back
from orchestration.serving.shelf import Shelf
from orchestration.settings import Settings


class Stopped(Exception):  # noqa: N818 - not an error
    """The machine stops."""


def shelf_with(root: Path, *versions: int) -> Shelf:
    """Publications of one audience that no reader sees yet."""
    shelf = Shelf(root)
    for folder in (root / "finance", root / "publications"):
        folder.mkdir(parents=True)
    for version in versions:
        shelf.file("finance").write_bytes(b"rows")
        record = {"version": version, "audiences": {"finance": {}}}
        shelf.install(version, ["finance"], record)
    return shelf


def stops(monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    """Stop before the step of this number that touches the disk."""
    count = 0

    def counted(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            nonlocal count
            count += 1
            if count > at:
                raise Stopped
            return original(*arguments, **options)

        return call

    for owner, name in ((Path, "symlink_to"), (Path, "replace"), (os, "fsync")):
        monkeypatch.setattr(owner, name, counted(getattr(owner, name)))


@pytest.mark.parametrize("step", range(8))
def test_whoever_has_a_first_publication_finds_it_in_their_folder(
    step: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = shelf_with(tmp_path, 1)
    with monkeypatch.context() as patched:
        stops(patched, step)
        try:
            shelf.swap(1)
            is_whole = True
        except Stopped:
            is_whole = False
    there = (tmp_path / "finance" / "current.duckdb").exists()
    assert there == (shelf.current() == 1)
    assert there or not is_whole


def test_nobody_rolls_back_to_what_readers_have(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    shelf = shelf_with(settings.serving, 1, 2)
    shelf.swap(2)
    shelf.mark_recorded(2)
    with pytest.raises(WarehouseError, match="have publication 2 already"):
        roll_back(settings, "a slip", to=2)
    assert shelf.held() is None
