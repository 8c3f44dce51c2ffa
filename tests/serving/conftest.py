"""A stand-in warehouse per test; the project is parsed once for all."""

import shutil
from pathlib import Path

import pytest

from orchestration.access.rights import Policy
from orchestration.settings import Settings
from orchestration.transform import dbt
from tests.serving.stand_in import StandIn, small_policy


@pytest.fixture(scope="session")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """dbt's manifest."""
    settings = Settings(tmp_path_factory.mktemp("parsed"))
    dbt.manifest(settings)
    return settings.target_path / "manifest.json"


@pytest.fixture
def settings(tmp_path: Path, parsed: Path) -> Settings:
    """A warehouse's place, with nothing in it but the manifest."""
    settings = Settings(tmp_path / "home", kept_publications=3)
    settings.target_path.mkdir(parents=True)
    shutil.copy(parsed, settings.target_path)
    return settings


@pytest.fixture
def policy(monkeypatch: pytest.MonkeyPatch) -> Policy:
    """A small policy in the place of the real one, to publish in an instant."""
    small = small_policy()
    monkeypatch.setattr(Policy, "of_checkout", classmethod(lambda cls: small))
    return small


@pytest.fixture
def warehouse(settings: Settings, policy: Policy) -> StandIn:  # noqa: ARG001
    """A warehouse that could have been built, as far as the small policy goes."""
    return StandIn(settings)
