"""Redshift SQL as a flat list of tokens, for rewriting that leaves the rest alone.

White space and comments travel with the token that follows them, so neighbours in the
list are neighbours in the grammar and rendering gives back the original text.
"""

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""(?P<gap>(?:\s+|--[^\n]*|/\*.*?\*/)*)
        (?:(?P<dollar>\$(?P<tag>[A-Za-z_]*)\$.*?\$(?P=tag)\$)
          |(?P<string>'(?:[^'\\]|''|\\.)*')
          |(?P<name>"(?:[^"]|"")*")
          |(?P<word>[A-Za-z_]\w*)
          |(?P<number>\d+(?:\.\d*)?)
          |(?P<op>::|\|\||<>|!=|<=|>=|->>|->|!?~\*|.)
          |(?P<end>\Z))""",
    re.DOTALL | re.VERBOSE,
)


@dataclass(slots=True)
class Token:
    """One token: its kind (a group name of the pattern above), text, and the gap before
    it."""

    kind: str
    text: str
    gap: str = " "

    @property
    def low(self) -> str:
        """The text as the grammar sees it: words in lower case, the rest as written."""
        return self.text.lower() if self.kind == "word" else self.text


def tokenize(sql: str) -> list[Token]:
    """Split a statement; the last token is always the empty `end`."""
    tokens = []
    for found in _TOKEN.finditer(sql):
        kind = found.lastgroup or "end"
        tokens.append(Token(kind, found[kind], found["gap"]))
        if kind == "end":
            break
    return tokens


def render(tokens: list[Token]) -> str:
    """The tokens as text."""
    return "".join(token.gap + token.text for token in tokens)


def code(text: str) -> list[Token]:
    """Tokens of a fragment that is to be put into a statement."""
    return tokenize(" " + text)[:-1]


def closing(tokens: list[Token], opening: int) -> int:
    """Index of the bracket that closes the one at `opening`.

    Raises ValueError when the statement ends first.
    """
    depth = 0
    for index in range(opening, len(tokens)):
        if tokens[index].text == "(":
            depth += 1
        elif tokens[index].text == ")":
            depth -= 1
            if depth == 0:
                return index
    raise ValueError("unbalanced brackets")


def split_commas(tokens: list[Token]) -> list[list[Token]]:
    """The parts between the commas that are outside any bracket."""
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += (token.text == "(") - (token.text == ")")
        if token.text == "," and depth == 0:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def words(tokens: list[Token], count: int) -> tuple[str, ...]:
    """The first `count` tokens, in lower case."""
    return tuple(token.low for token in tokens[:count])


def quote(value: str) -> str:
    """A string literal, for sessions in which the backslash escapes."""
    escaped = value.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"
