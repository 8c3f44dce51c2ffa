"""Find any of many texts in bytes, in one pass however many they are."""

from collections.abc import Iterable, Set

import numpy as np
import numpy.typing as npt

from orchestration.privacy.subjects import WINDOW

_PIECE = 1 << 22


class Needles:
    """Texts to look for.

    Args:
        texts: Each of at least `WINDOW` bytes in UTF-8.

    Raises:
        ValueError: One is shorter.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self.texts = sorted(set(texts))
        encoded = [text.encode() for text in self.texts]
        if any(len(text) < WINDOW for text in encoded):
            raise ValueError(f"a text to look for has less than {WINDOW} bytes")
        self._longest = max((len(text) for text in encoded), default=WINDOW)
        self._by_start: dict[int, list[tuple[int, bytes]]] = {}
        for number, text in enumerate(encoded):
            start = int.from_bytes(text[:WINDOW], "little")
            self._by_start.setdefault(start, []).append((number, text))
        self._starts = np.array(sorted(self._by_start), dtype=np.uint64)

    def in_bytes(self, content: bytes | memoryview, *, whole: bool = True) -> Set[str]:
        """Which of them are in the content.

        Args:
            content: What to look through.
            whole: Only where no letter or digit stands before or after it, so that a
                number is not found in a longer one. Without separators, as in pages
                of a database, this would hide some.
        """
        found: set[int] = set()
        if self._starts.size == 0 or len(content) < WINDOW:
            return set()
        view = memoryview(content)
        overlap = self._longest + 1
        for begin in range(0, len(view), _PIECE):
            # With a byte before, and what a text at the end of the piece needs.
            piece = bytes(view[max(0, begin - 1) : begin + _PIECE + overlap])
            self._look(piece, found, whole=whole)
            if len(found) == len(self.texts):
                break
        return {self.texts[number] for number in found}

    def _look(self, piece: bytes, found: set[int], *, whole: bool) -> None:
        for offset in self._candidates(piece):
            start = int.from_bytes(piece[offset : offset + WINDOW], "little")
            for number, text in self._by_start[start]:
                end = offset + len(text)
                if number not in found and piece[offset:end] == text:
                    around = piece[max(0, offset - 1) : offset] + piece[end : end + 1]
                    if not whole or not _has_alphanumeric(around):
                        found.add(number)

    def _candidates(self, piece: bytes) -> npt.NDArray[np.intp]:
        """Offsets at which the first bytes of some text stand."""
        offsets = []
        for shift in range(WINDOW):
            count = (len(piece) - shift) // WINDOW
            if count <= 0:
                continue
            windows = np.frombuffer(piece, dtype="<u8", count=count, offset=shift)
            places = np.searchsorted(self._starts, windows)
            places[places == self._starts.size] = 0
            hits = np.flatnonzero(self._starts[places] == windows)
            offsets.append(hits * WINDOW + shift)
        return (
            np.sort(np.concatenate(offsets)) if offsets else np.array([], dtype=np.intp)
        )


def _has_alphanumeric(around: bytes) -> bool:
    return any(chr(byte).isalnum() and byte < 128 for byte in around)
