"""Pieces of SQL, for what cannot be bound as a parameter."""


def literal(text: object) -> str:
    """A text, or what is written as one, as an SQL literal in quotes."""
    return "'" + str(text).replace("'", "''") + "'"
