"""Fast builders from numpy arrays to Arrow columns, and seeded random streams."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


def stream(seed: int, *path: int) -> np.random.Generator:
    """A random stream of its own for each path of whole numbers under a seed."""
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence((seed, *path))))


def decimals(units: npt.NDArray[Any], kind: pa.Decimal128Type) -> pa.Array:
    """Decimals from their unscaled whole numbers (cents for a scale of 2)."""
    words = np.empty((len(units), 2), np.int64)
    words[:, 0] = units
    words[:, 1] = words[:, 0] >> 63  # sign extension to 128 bits
    return pa.Array.from_buffers(kind, len(units), [None, pa.py_buffer(words)])


def moments(milliseconds: Ints) -> pa.Array:
    """Timestamps in microseconds from milliseconds since 1970."""
    return pa.array(milliseconds * 1_000).view(pa.timestamp("us"))


def numbered(prefix: str, numbers: npt.NDArray[Any], width: int) -> pa.Array:
    """Texts of a prefix and a zero-padded number, all equally long."""
    head = np.frombuffer(prefix.encode(), np.uint8)
    length = len(head) + width
    texts = np.empty((len(numbers), length), np.uint8)
    texts[:, : len(head)] = head
    rest = np.asarray(numbers, np.int64)
    for position in range(length - 1, len(head) - 1, -1):
        quotient = rest // 10
        texts[:, position] = rest - quotient * 10 + ord("0")
        rest = quotient
    offsets = np.arange(len(numbers) + 1, dtype=np.int32) * np.int32(length)
    return pa.StringArray.from_buffers(
        len(numbers), pa.py_buffer(offsets), pa.py_buffer(texts)
    )


def labels(names: Sequence[str | None] | pa.Array, codes: npt.NDArray[Any]) -> pa.Array:
    """The name that each code points at."""
    array = names if isinstance(names, pa.Array) else pa.array(names, pa.string())
    return array.take(pa.array(codes))


def spans(starts: Ints, lengths: Ints) -> tuple[npt.NDArray[np.int32], Ints]:
    """Offsets and positions of ragged rows laid end to end.

    Args:
        starts: First position of each row in the flat array, shape (n,).
        lengths: Number of elements of each row, shape (n,).

    Returns:
        Offsets of the rows laid end to end, shape (n + 1,), and the flat positions
        that they take their elements from.
    """
    offsets = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    positions = np.repeat(starts - offsets[:-1], lengths) + np.arange(offsets[-1])
    return offsets.astype(np.int32), positions


def quota(rng: np.random.Generator, size: int, rate: float, least: int = 0) -> int:
    """How many of `size` things a rate strikes, rounded at random."""
    if rate <= 0:
        return 0
    return min(size, max(least, int(size * rate + rng.random())))


def some(rng: np.random.Generator, size: int, count: int) -> Ints:
    """`count` different positions below `size`, in order."""
    return np.sort(rng.choice(size, size=count, replace=False, shuffle=False))
