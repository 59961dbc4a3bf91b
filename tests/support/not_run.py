"""What did not run on this machine: counted in words, with what would make it run."""
from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterable

import pytest


def lines(skipped: Iterable[pytest.TestReport]) -> list[str]:
    """One line a reason, the commonest first: `not run here: 42 page and room tests, no Chromium: apt-get …`."""
    found: dict[str, list[str]] = defaultdict(list)
    for report in skipped:
        told = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        found[told.removeprefix("Skipped: ").partition("\n")[0]].append(_package(report.nodeid))
    ordered = sorted(found.items(), key=lambda item: -len(item[1]))
    return [f"not run here: {_count(packages)}, {reason}" for reason, packages in ordered]


def _package(nodeid: str) -> str:
    """`tests/page/test_page.py::test_x` -> `page`."""
    return nodeid.partition("::")[0].split("/")[-2]


def _count(packages: list[str]) -> str:
    return f"{len(packages)} {' and '.join(sorted(set(packages)))} {'test' if len(packages) == 1 else 'tests'}"


def in_share(nodeid: str, one_in: int) -> bool:
    """Does a test belong to the share that runs? By its name, so that a new test moves no other in or out."""
    return zlib.crc32(nodeid.encode()) % one_in == 0
