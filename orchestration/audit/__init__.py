"""The audit trail: what was done to this warehouse, in an order nobody can change.

`audit.record(settings, action, details)` is all that a command needs.
"""

from orchestration.audit.entries import Action, Record
from orchestration.audit.trail import record, records

__all__ = ["Action", "Record", "record", "records"]
