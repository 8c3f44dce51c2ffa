"""Where things are: the paths and environment variables of a warehouse."""

import os
from dataclasses import dataclass
from pathlib import Path

PROJECT_DIR = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Settings:
    """Locations of one warehouse.

    Attributes:
        home: Directory that holds the landing zone and the warehouse file.
        target: dbt target, `duckdb` or `redshift`.
    """

    home: Path
    target: str = "duckdb"

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read WAREHOUSE_HOME and WAREHOUSE_TARGET; both have defaults."""
        home = Path(os.environ.get("WAREHOUSE_HOME") or PROJECT_DIR / ".warehouse")
        return cls(
            home=home.resolve(), target=os.environ.get("WAREHOUSE_TARGET", "duckdb")
        )

    @property
    def landing(self) -> Path:
        """Where source systems drop their files."""
        return self.home / "landing"

    @property
    def database(self) -> Path:
        """The embedded warehouse."""
        return self.home / "warehouse.duckdb"

    @property
    def spill(self) -> Path:
        """Where DuckDB writes what does not fit in memory."""
        return self.home / "spill"

    @property
    def target_path(self) -> Path:
        """Where dbt writes its manifest and its results, one folder per target."""
        return self.home / "dbt" / self.target
