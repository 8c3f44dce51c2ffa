"""An emulated Amazon Redshift for tests: PostgreSQL behind a proxy, and an S3 API.

Verified against an emulation, not against AWS; `tests/redshift/README.md` says what is
emulated and what is not.
"""

from tests.redshift.emulator.installed import PostgresMissingError
from tests.redshift.emulator.server import EmulatedRedshift
from tests.redshift.emulator.wirelog import Statement

__all__ = ["EmulatedRedshift", "PostgresMissingError", "Statement"]
