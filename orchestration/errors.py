"""Errors that a person can act on."""


class WarehouseError(Exception):
    """Something the user can put right.

    Attributes:
        message: What is wrong and where.
        remedy: What to do about it.
        exit_code: What the command line returns: 2 wrong use, 3 the data or a check
            failed, 4 the warehouse is held by another process.
    """

    def __init__(self, message: str, remedy: str = "", exit_code: int = 3) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.exit_code = exit_code


class MissingRelationError(WarehouseError):
    """A relation or schema that a statement names is not there."""


class WarehouseBusyError(WarehouseError):
    """Another process is writing the warehouse."""

    def __init__(self, detail: str) -> None:
        super().__init__(
            f"The warehouse is held by another process: {detail}",
            "Wait for it to finish (a load or build, or a client that has the file "
            "open) and run the command again; nothing was changed.",
            exit_code=4,
        )
