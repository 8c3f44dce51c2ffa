"""`python -m tests.serving.clients`, which `make clients` runs: publications, opened by
clients of other versions.

A stand-in warehouse is published; the programs of `.venv-clients` (an old DuckDB,
pandas, polars, SQLAlchemy) and of `.venv-bouncer` (the last DuckDB 1.x) open its file,
each in a process of its own, and must answer what this DuckDB answers.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

from orchestration.serving.export import export
from orchestration.serving.forms import Form
from orchestration.serving.publish import publish
from orchestration.settings import PROJECT_DIR, Settings
from tests.serving.stand_in import LEDGER, StandIn

ENVIRONMENTS = (".venv", ".venv-bouncer", ".venv-clients")
CLIENT = PROJECT_DIR / "tests" / "serving" / "client.py"


def main() -> None:
    """Publish, export, and let every environment open it."""
    with tempfile.TemporaryDirectory(prefix="clients-") as folder:
        settings = Settings(Path(folder))
        warehouse = StandIn(settings, ledger=3000)
        publish(settings)
        warehouse.advance(ledger=300)
        # A file that was gone on from, as files are after the first.
        publish(settings)
        workbook = export(settings, "core.dim_dates", "finance", Form.XLSX).file
        file = settings.serving / "finance" / "current.duckdb"
        with duckdb.connect(str(file), read_only=True) as connection:
            answer = connection.execute(
                f"select count(*), sum(handle_amount)::varchar from {LEDGER}"
            ).fetchone()
        wrong = 0
        for environment in ENVIRONMENTS:
            program = PROJECT_DIR / environment / "bin" / "python"
            asked = [str(program), str(CLIENT), str(file), str(workbook)]
            done = subprocess.run(asked, capture_output=True, text=True, check=False)
            said = done.stdout.strip() or done.stderr.strip()
            print(f"{environment}: {said}")  # noqa: T201 - a program's output
            told = json.loads(said) if not done.returncode else {}
            answers = told.get("answers", {})
            wrong += not answers
            wrong += sum(one != list(answer or ()) for one in answers.values())
        sys.exit(3 if wrong else 0)


if __name__ == "__main__":
    main()
