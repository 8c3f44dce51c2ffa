"""One audience's file, brought from whatever state it is in to what was read.

A file says itself what it holds (`published_relations`), in the same transaction in
which it is changed. So it does not matter where it comes from: an older version that is
let go of, a copy of the current one, or one that a crash or a failed audit left behind.
What is as it should be stays untouched.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from orchestration.serving.figures import figures_of
from orchestration.serving.plan import Published
from orchestration.serving.states import Moment, State, read_states, write_states
from orchestration.sql import literal


class Candidate:
    """A file that is being made, attached to the workspace.

    Args:
        connection: The workspace.
        name: Name that it is attached under.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, name: str) -> None:
        self._connection = connection
        self.name = f'"{name}"'
        self.states = read_states(connection, self.name)
        self.changed: list[str] = []
        self._stands: dict[str, bool] = {}

    def has_less_than(self, planned: Mapping[str, Published]) -> bool:
        """Whether all that it holds may still be seen by its audience.

        What was deleted can still be found in a file's free blocks, so rights that were
        taken away, or changed, ask for a new file.
        """
        return all(
            name in planned and planned[name].rights == state.rights
            for name, state in self.states.items()
        )

    def state_to_go_on_from(self, published: Published, source: str) -> State | None:
        """How the file holds a relation that grows, if it can be added to.

        It cannot if adding would not give as many rows as the source has: then rows
        have gone, or come without being new, and all is read and written anew.

        Args:
            published: The relation.
            source: The relation in the warehouse.
        """
        name = str(published.relation)
        state = self.states.get(name)
        if (
            state is None
            or published.growth is None
            or state.signature != published.signature
            or state.newest_at is None
        ):
            return None
        if name not in self._stands:
            self._stands[name] = self._adds_up(published, state, source)
        return state if self._stands[name] else None

    def _adds_up(self, published: Published, state: State, source: str) -> bool:
        """Whether the rows held, less those replaced, and those to come are all."""
        assert published.growth is not None  # noqa: S101 - asked of what grows alone
        permitted, bound = published.rows
        since = published.growth.rows_to_take(source)
        replaced = ""
        if published.growth.replacing:
            replaced = f"(select count(*) from {self._target(published)} where {since})"
        row = self._connection.execute(
            f"select {replaced or '0'}, count(*), "
            f"count(*) filter ({since}) from {source} where {permitted}",
            [*([state.newest_at] if replaced else []), state.newest_at, *bound],
        ).fetchone()
        assert row is not None  # noqa: S101 - an aggregate gives one row
        return bool(state.figures.rows - row[0] + row[2] == row[1])

    def bring_up_to_date(self, planned: Mapping[str, Published]) -> None:
        """Take in what the workspace holds, in one transaction."""
        self._connection.execute("begin")
        before = dict(self.states)
        for name, published in planned.items():
            state = before.get(name)
            if state is not None and self._stands.get(name):
                self.states[name] = self._add(published, state)
            else:
                self.states[name] = self._compare(published, state)
        if self.states != before:
            write_states(self._connection, self.name, planned, self.states)
        self._connection.execute("commit")

    def _compare(self, published: Published, before: State | None) -> State:
        """Replace a relation, unless it is there just as it is."""
        rows, bound = _staged(published)
        figures = figures_of(
            self._connection, rows, published.grant.columns, bound
        )  # fmt: skip
        state = State(
            published.rights, published.signature, self._newest(published), figures
        )
        target = self._target(published)
        if before is not None and before.signature == published.signature:
            if before.figures == figures:
                return state
            self._connection.execute(f"truncate {target}")
            self._connection.execute(f"insert into {target} {rows}", bound)
        else:
            schema = f'{self.name}."{published.relation.schema}"'
            self._connection.execute(f"create schema if not exists {schema}")
            self._connection.execute(f"drop table if exists {target}")
            self._connection.execute(f"create table {target} as {rows}", bound)
            self._comment(published, target)
        self.changed.append(str(published.relation))
        return state

    def _add(self, published: Published, before: State) -> State:
        """Add what is new, in the place of what it replaces."""
        growth = published.growth
        assert growth is not None  # noqa: S101 - only what grows is added to
        target = self._target(published)
        rows, bound = _staged(published)
        columns = published.grant.columns
        figures = before.figures
        touched = growth.rows_to_take(f'memory."{published.relation}"')
        if growth.replacing:
            old = f"select * from {target} where {touched}"
            figures -= figures_of(self._connection, old, columns, [before.newest_at])
            self._connection.execute(
                f"delete from {target} where {touched}", [before.newest_at]
            )
        new, bound = f"{rows} and {touched}", [*bound, before.newest_at]
        added = figures_of(self._connection, new, columns, bound)
        if added.rows:
            self._connection.execute(f"insert into {target} {new}", bound)
            self.changed.append(str(published.relation))
        newest = self._newest(published) or before.newest_at
        return State(before.rights, before.signature, newest, figures + added)

    def _newest(self, published: Published) -> Moment | None:
        """The latest marker among the rows that were read."""
        if published.growth is None:
            return None
        rows, bound = _staged(published)
        row = self._connection.execute(
            f'select max("{published.growth.new_rows_by}") from ({rows})', bound
        ).fetchone()
        newest: Moment | None = row[0] if row else None
        return newest

    def _target(self, published: Published) -> str:
        relation = published.relation
        return f'{self.name}."{relation.schema}"."{relation.name}"'

    def _comment(self, published: Published, target: str) -> None:
        """Say in the file what the relation and its columns are."""
        texts = {f"table {target}": published.description}
        for name in published.grant.columns:
            texts[f'column {target}."{name}"'] = published.comments.get(name, "")
        for what, text in texts.items():
            if text.strip():
                comment = literal(text.strip())
                self._connection.execute(f"comment on {what} is {comment}")


def _staged(published: Published) -> tuple[str, list[object]]:
    """SELECT of what the audience may see of what was read, and its parameters."""
    columns = ", ".join(f'"{name}"' for name in published.grant.columns)
    rows, bound = published.rows
    return f'select {columns} from memory."{published.relation}" where {rows}', bound
