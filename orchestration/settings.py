"""Where things are: the paths and environment variables of a warehouse."""

import os
from dataclasses import dataclass
from pathlib import Path

from orchestration.errors import WarehouseError

PROJECT_DIR = Path(__file__).resolve().parents[1]


TARGETS = ("duckdb", "redshift")


@dataclass(frozen=True)
class Settings:
    """Locations of one warehouse.

    Attributes:
        home: Directory that holds the landing zone and the warehouse file.
        target: dbt target, `duckdb` or `redshift`.
        landing_url: S3 prefix where source systems drop their files, instead of a
            directory of this machine.
        kept_publications: Versions of the published files that are kept, the current
            one included.
    """

    home: Path
    target: str = "duckdb"
    landing_url: str | None = None
    kept_publications: int = 5

    @classmethod
    def from_environment(cls, target: str | None = None) -> "Settings":
        """Read WAREHOUSE_HOME, _TARGET, _LANDING and _KEPT_PUBLICATIONS.

        Args:
            target: Instead of WAREHOUSE_TARGET.

        Raises:
            WarehouseError: One of them says nothing that can be meant.
        """
        home = Path(os.environ.get("WAREHOUSE_HOME") or PROJECT_DIR / ".warehouse")
        target = target or os.environ.get("WAREHOUSE_TARGET") or "duckdb"
        landing = os.environ.get("WAREHOUSE_LANDING") or None
        kept = os.environ.get("WAREHOUSE_KEPT_PUBLICATIONS") or "5"
        if target not in TARGETS:
            raise _meaningless(
                "--target or WAREHOUSE_TARGET", target, f"one of {', '.join(TARGETS)}"
            )
        if landing is not None and not landing.startswith("s3://"):
            raise _meaningless("WAREHOUSE_LANDING", landing, "s3://bucket/prefix")
        if not kept.isdecimal() or int(kept) < 1:
            raise _meaningless("WAREHOUSE_KEPT_PUBLICATIONS", kept, "a number from 1")
        return cls(
            home=home.resolve(),
            target=target,
            landing_url=landing,
            kept_publications=int(kept),
        )

    @property
    def landing(self) -> Path:
        """Where source systems drop their files, or where a load fetches them to."""
        return self.home / ("fetched" if self.landing_url else "landing")

    @property
    def database(self) -> Path:
        """The embedded warehouse."""
        return self.home / "warehouse.duckdb"

    @property
    def serving(self) -> Path:
        """What readers open: a folder per audience."""
        return self.home / "serving"

    @property
    def spill(self) -> Path:
        """Where DuckDB writes what does not fit in memory."""
        return self.home / "spill"

    @property
    def target_path(self) -> Path:
        """Where dbt writes its manifest and its results, one folder per target."""
        return self.home / "dbt" / self.target


def _meaningless(name: str, told: str, meant: str) -> WarehouseError:
    return WarehouseError(
        f"{name} cannot be {told!r}.",
        f"Give {meant}, or leave it out.",
        exit_code=2,
    )
