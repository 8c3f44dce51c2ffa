"""The tables in the guide for owners of source systems, as the contracts declare them.

`python -m orchestration.ingest.guide` writes them into the guide; a test says when that
is due.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from orchestration.ingest.contract import Column, TableContract, contracts_of
from orchestration.settings import PROJECT_DIR, Settings

GUIDE = PROJECT_DIR / "docs/guides/landing.md"
_TABLES = re.compile(r"(?<=<!-- tables -->\n).*(?=<!-- end of tables -->)", re.DOTALL)


def guide_with_tables(guide: str, manifest: Mapping[str, Any]) -> str:
    """The guide's text with the tables of these contracts between its markers.

    Args:
        guide: Text of the guide.
        manifest: dbt's manifest.json.
    """
    said = {
        (source["source_name"], source["name"]): source["description"]
        for source in manifest["sources"].values()
    }
    sections = [
        f"\n**{source}/{table}**: {said[source, table]}\n\n"
        f"> {', '.join(_columns(contract))}\n"
        for (source, table), contract in sorted(contracts_of(manifest).items())
    ]
    return _TABLES.sub(lambda _: "".join(sections) + "\n", guide)


def _columns(contract: TableContract) -> Iterator[str]:
    for column in contract.columns:
        name = f"**{column.name}**" if column.name in contract.key else column.name
        child = contract.children.get(column.name)
        items = f" (list of {', '.join(map(_item, child.columns))})" if child else ""
        yield name + "?" * column.nullable + items


def _item(column: Column) -> str:
    return column.name + "?" * column.nullable


if __name__ == "__main__":
    from orchestration.transform import dbt

    GUIDE.write_text(
        guide_with_tables(GUIDE.read_text(), dbt.manifest(Settings.from_environment()))
    )
