"""From the models that a person names to a window that is posted and built."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from orchestration.backfill.posted import POSTED, REVENUE
from orchestration.backfill.run import Progress, estimate, post
from orchestration.backfill.window import Cost, Window
from orchestration.bookkeeping import unbuilt_loads
from orchestration.database import only_writer, open_warehouse
from orchestration.errors import WarehouseError
from orchestration.ingest.engine import Connection
from orchestration.ingest.load import next_known_at
from orchestration.settings import Settings
from orchestration.transform import dbt
from orchestration.transform.build import build, ensure_warehouse


@dataclass(frozen=True)
class Request:
    """What is asked for.

    Attributes:
        first: First day (UTC).
        last: Last day.
        models: Names; empty for all that are posted. Incremental ones that are not
            posted have no history of what was known: they are built anew.
        reason: Why.
        known_at: Moment from which it is known, naive UTC; None for now.
        keep: Whether to post, or only say what would be.
    """

    first: date
    last: date
    models: Sequence[str] = ()
    reason: str = ""
    known_at: datetime | None = None
    keep: bool = True


def backfill(
    settings: Settings,
    request: Request,
    *,
    say: Callable[[str], None] = lambda step: None,
    estimated: Callable[[Cost], None] = lambda cost: None,
    progress: Progress = lambda done, total: None,
) -> tuple[dict[str, int], Cost]:
    """Let today's rules hold for a window of the past, from now on.

    Args:
        settings: Which warehouse.
        request: What for.
        say: Gets a line per step.
        estimated: Gets what posting will take, before it begins.
        progress: Called with (days done, days in all) while posting.

    Returns:
        Entries posted by relation, and what that took.

    Raises:
        WarehouseError: The window or a model is none, loads are not built, or a model
            failed.
    """
    posted, others = _told_apart(settings, request)
    ensure_warehouse(settings)
    with open_warehouse(settings) as connection:
        _must_be_built(connection)
    say("rules and views")
    names = [*dict.fromkeys(m for name in posted for m in POSTED[name].stated_by)]
    _build_rules(settings, names)
    if others and request.keep:
        say(f"anew: {', '.join(others)}")
        dbt.run(settings, ["run", "--full-refresh", "--select", *others])
    counts: dict[str, int] = {}
    cost = Cost(0, (), None)
    if posted:
        models = dbt.compiled(settings, [*names, REVENUE], {"recompute": True})
        with only_writer(settings), open_warehouse(settings) as connection:
            # Nobody else writes from here on; somebody may have before.
            _must_be_built(connection)
            known_at = next_known_at(connection, request.known_at)
            window = Window(
                request.first, request.last, posted, known_at, request.reason
            )
            cost = estimate(connection, window, models)
            estimated(cost)
            counts, cost = post(
                connection, window, models, cost, keep=request.keep, progress=progress
            )
    if request.keep:
        say("what depends on it")
        build(settings)
    return counts, cost


def _must_be_built(connection: Connection) -> None:
    if unbuilt_loads(connection):
        raise WarehouseError(
            "There are loads that are not built yet.",
            "Run `warehouse build`, then the backfill.",
        )


def _told_apart(
    settings: Settings, request: Request
) -> tuple[tuple[str, ...], list[str]]:
    """Posted relations, and models that are only built anew.

    Raises:
        WarehouseError: The window ends before it begins, or there is no such model.
    """
    if request.last < request.first:
        raise WarehouseError(
            f"{request.last} is before {request.first}.",
            "Give --from before --to.",
            exit_code=2,
        )
    kinds = {
        node["name"]: node["config"]["materialized"]
        for node in dbt.manifest(settings)["nodes"].values()
        if node["resource_type"] == "model"
    }
    unknown = sorted(set(request.models) - kinds.keys())
    if unknown:
        raise WarehouseError(
            f"There is no model {', '.join(unknown)}.",
            f"Posted ones: {', '.join(POSTED)}.",
            exit_code=2,
        )
    by_model = {m: name for name, one in POSTED.items() for m in one.stated_by}
    chosen = {by_model.get(model, model) for model in request.models} or POSTED.keys()
    posted = tuple(name for name in POSTED if name in chosen)
    others = [m for m in sorted(chosen - POSTED.keys()) if kinds[m] == "incremental"]
    return posted, others


def _build_rules(settings: Settings, models: Sequence[str]) -> None:
    """Seeds, views and small tables above models, as the code now has them."""
    if models:
        dbt.run(
            settings,
            [
                "build",
                "--select",
                *(f"+{model}" for model in models),
                "--exclude",
                "config.materialized:incremental",
                "resource_type:snapshot",
                "--exclude-resource-type",
                "test",
                "unit_test",
            ],
        )
