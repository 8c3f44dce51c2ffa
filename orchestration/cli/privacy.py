"""The commands of the privacy office: erase, erasures, subject-report."""

import csv
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from orchestration.audit import Action, record
from orchestration.cli.app import Format, app, console, day, plain, print_rows
from orchestration.database import open_warehouse
from orchestration.errors import WarehouseError
from orchestration.ingest.contract import contracts_of
from orchestration.privacy import certificate as certificates
from orchestration.privacy.certificate import Certificate
from orchestration.privacy.erase import erase as erase_all
from orchestration.privacy.erase import finish_lapsed, resume
from orchestration.privacy.report import subject_report
from orchestration.privacy.subjects import Ground, Subject, new_pseudonym
from orchestration.settings import Settings
from orchestration.sql import rows_of
from orchestration.transform import dbt

Customer = Annotated[
    str | None, typer.Argument(metavar="CUSTOMER_ID", help="As the sources know them.")
]
Number = Annotated[str | None, typer.Option("--request", help="Number of the request.")]
_ERASURES = """
    select request_id, ground, status, held_count, requested_on, held_until,
        completed_at, certificate, certificate_hash
    from vault.erasures order by completed_at, request_id
"""


@app.command()
def erase(
    customer_id: Customer = None,
    request: Number = None,
    reason: Annotated[
        Ground | None, typer.Option(help="Ground of article 17(1).")
    ] = None,
    requests: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help="CSV of customer_id, request_id, reason, all in one go.",
        ),
    ] = None,
    lapsed: Annotated[
        bool, typer.Option("--lapsed", help="Erase what no hold keeps any more.")
    ] = False,
    to_the_end: Annotated[
        bool, typer.Option("--resume", help="Take an interrupted erasure to its end.")
    ] = False,
    on: Annotated[
        date | None, typer.Option(parser=day, metavar="DATE", help="Default: today.")
    ] = None,
) -> None:
    """Erase a customer everywhere, and certify that nothing is left.

    What the law has us keep is restricted until its day instead. Safe to interrupt.
    """
    settings = Settings.from_environment()

    def tell(step: str) -> None:
        console.print(f"  {step} ...", highlight=False)

    if to_the_end:
        done = resume(settings, progress=tell)
    elif lapsed:
        done = finish_lapsed(settings, today=on, progress=tell)
    else:
        subjects = _subjects(customer_id, request, reason, requests)
        done = erase_all(settings, subjects, today=on, progress=tell)
    if done is None:
        console.print("There is nothing to erase.")
        return
    _tell(done)


def _subjects(
    customer_id: str | None,
    request: str | None,
    reason: Ground | None,
    requests: Path | None,
) -> list[Subject]:
    if requests is not None and customer_id is None:
        with requests.open(newline="") as rows:
            return [
                _subject(number, row)
                for number, row in enumerate(csv.DictReader(rows), 2)
            ]
    if not (customer_id and request and reason) or requests is not None:
        raise typer.BadParameter(
            "give CUSTOMER_ID, --request and --reason, or one of --requests, --lapsed "
            "and --resume"
        )
    return [Subject(customer_id, new_pseudonym(), request, reason)]


def _subject(line: int, row: Mapping[str, str | None]) -> Subject:
    customer_id, request = row.get("customer_id"), row.get("request_id")
    reason = row.get("reason") or ""
    if not (customer_id and request and reason in {*Ground}):
        raise typer.BadParameter(
            f"line {line} needs customer_id, request_id and reason, one of "
            f"{', '.join(Ground)}"
        )
    return Subject(customer_id, new_pseudonym(), request, Ground(reason))


def _tell(done: Certificate) -> None:
    content = done.content
    print_rows(content["requests"], Format.TABLE, "Requests")
    console.print(
        f"{content['texts_found_before']} telling texts were found before; "
        f"{content['texts_held_by_law']} are held by law; "
        f"{content['files_scanned']} files were scanned.\n"
        f"Certificate {done.name}, SHA-256 {done.hash}.",
        highlight=False,
    )
    if content["left_over"]:
        listed = "\n".join(f"  {place}" for place in content["left_over"])
        raise WarehouseError(
            f"Texts that tell of them are still in\n{listed}",
            "See docs/guides/privacy.md, 'Something is left over'.",
        )


@app.command()
def erasures(
    form: Annotated[Format, typer.Option("--format", help="Output.")] = Format.TABLE,
) -> None:
    """List erasures, and whether their certificates are as they were written."""
    settings = Settings.from_environment()
    with open_warehouse(settings, read_only=True) as connection:
        rows = rows_of(connection, _ERASURES)
    for row in rows:
        lies_there = certificates.hash_of(settings, row["certificate"])
        row["is_untouched"] = lies_there == row.pop("certificate_hash")
    print_rows(rows, form, "Erasures")


@app.command(name="subject-report")
def report(
    customer_id: Annotated[
        str, typer.Argument(metavar="CUSTOMER_ID", help="Who asks.")
    ],
    request: Annotated[str, typer.Option(help="Number of the request.")],
    out: Annotated[Path, typer.Option(help="File to write; must not exist.")],
) -> None:
    """Write down all that is kept of a customer, for them.

    The file is theirs: send it, and delete it. It lies outside of the warehouse.
    """
    settings = Settings.from_environment()
    if out.resolve().is_relative_to(settings.home):
        raise typer.BadParameter(f"{out} lies within the warehouse")
    if out.exists():
        raise typer.BadParameter(f"{out} is there already")
    contracts = contracts_of(dbt.manifest(settings))
    with open_warehouse(settings, read_only=True) as connection:
        found = subject_report(connection, contracts, customer_id)
    record(settings, Action.ACCESS, {"subject_report": {"request_id": request}})
    out.touch(mode=0o600, exist_ok=False)
    out.write_text(json.dumps(found, default=plain, indent=2) + "\n")
    rows = sum(map(len, (found["delivered"] | found["derived"]).values()))
    console.print(f"{rows} rows are in {out}.", highlight=False)
