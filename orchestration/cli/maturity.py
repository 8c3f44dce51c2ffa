"""`warehouse maturity`: how sure the last days' revenue is."""

from typing import Annotated, Any

import typer

from orchestration import queries
from orchestration.audit import Action, record
from orchestration.cli.app import Format, app, console, print_rows
from orchestration.database import open_warehouse
from orchestration.settings import Settings


@app.command()
def maturity(
    days: Annotated[int, typer.Option(min=1, help="Last gaming days.")] = 7,
    form: Annotated[Format, typer.Option("--format", help="Output.")] = Format.TABLE,
) -> None:
    """Print how much of each day is settled and how far its GGR may still move."""
    settings = Settings.from_environment()
    with open_warehouse(settings, read_only=True) as connection:
        rows = queries.maturity(connection, days)
    record(settings, Action.ACCESS, {"maturity": {"days": days}})
    if form is Format.JSON:
        print_rows(rows, form)
        return
    if not rows:
        console.print("No gaming day is so young that its revenue would still move.")
    for row in rows:
        console.print(sentence(row), highlight=False)


def sentence(row: dict[str, Any]) -> str:
    """What a row says, e.g. "Monday 2026-01-05 GB: 97.8 % settled, GGR ..."."""
    share = row["settled_share"]
    settled = "nothing staked" if share is None else f"{100 * share:.1f} % settled"
    currency = row["currency_code"]
    start = f"{row['gaming_date']:%A %Y-%m-%d} {row['jurisdiction']}: {settled}, GGR "
    if row["expected_change_amount"] is None:
        so_far = f"{row['ggr_amount']:,} {currency} so far"
        return f"{start}{so_far}; too little history to say how far it will move"
    return (
        f"{start}{row['ggr_amount']:,} expected to move by "
        f"{row['expected_change_amount']:+,} {currency} "
        f"(80 %: {row['low_change_amount']:+,} to {row['high_change_amount']:+,})"
    )
