"""Stands in for the ``dbt`` namespace where sqlfluff lints without dbt."""

from collections.abc import Callable


def __getattr__(macro: str) -> Callable[..., str]:
    """Return a macro that renders as a call of its own name."""
    return lambda *_, **__: f"{macro}()"


def generate_series(*_: object) -> str:
    """Return a query, the only kind of macro here that is no expression."""
    return "select 1 as generated_number"
