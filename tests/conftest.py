"""Which tests one of several processes runs: those of a file, or of a whole folder."""

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

TOGETHER = ("tests/orchestration/privacy/",)
"""Folders of which all files share what takes long to make."""


class ByFileOrFolder(LoadFileScheduling):
    """What `--dist loadfile` does, but for the folders of TOGETHER."""

    def _split_scope(self, nodeid: str) -> str:
        folders = (folder for folder in TOGETHER if nodeid.startswith(folder))
        return next(folders, super()._split_scope(nodeid))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFileOrFolder:
    return ByFileOrFolder(config, log)
