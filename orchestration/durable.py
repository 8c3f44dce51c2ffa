"""Files that are there whole or not at all, whenever the machine stops."""

import os
from pathlib import Path


def replace_durably(path: Path, content: bytes) -> None:
    """Give a file new content, all of it or nothing."""
    draft = path.with_name(f".{path.name}.new")
    draft.write_bytes(content)
    move_durably(draft, path)


def move_durably(draft: Path, path: Path) -> None:
    """Let a finished file take the place, and the mode, of another in its folder."""
    sync(draft)
    if path.exists():
        draft.chmod(path.stat().st_mode)
    draft.replace(path)
    sync(path.parent)


def sync(path: Path) -> None:
    """Have a file, or the names in a folder, on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
