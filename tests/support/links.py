"""Whether a test may make a symbolic link: Windows lets only an administrator, or developer mode, and Wine says yes
and makes none."""
from __future__ import annotations

import contextlib
import tempfile
from functools import cache
from pathlib import Path

import pytest


@cache
def _work() -> bool:
    with tempfile.TemporaryDirectory() as name, contextlib.suppress(OSError):
        link = Path(name, "link")
        link.symlink_to("target")
        return link.is_symlink()
    return False


def need_links() -> None:
    if not _work():
        pytest.skip("no symbolic link can be made here: switch on Windows' developer mode")
