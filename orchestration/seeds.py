"""Policy as it is checked out, for what must know it whether or not it was built."""

import csv

from orchestration.settings import PROJECT_DIR


def read_seed(name: str) -> list[dict[str, str]]:
    """Rows of a seed, as texts.

    Args:
        name: Of the seed, which is its file's in `seeds`.
    """
    with (PROJECT_DIR / "seeds" / f"{name}.csv").open(newline="") as rows:
        return list(csv.DictReader(rows))
