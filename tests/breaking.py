"""A plugin for the tests' own runs: one check crashes, one fixture fails, both with a hostile message."""
from __future__ import annotations

import dataclasses
import os

import pytest

from checks.finding import Finding
from fixtures.facts import Facts

HOSTILE = "::error::a\n##[add-mask]b\r\n| `c` | <script>d</script> ]]> \x1b[31m\u202e\x00\x07 100% @e [f](http://127.0.0.1:9/)"
KEY = "sk-proj-abcdefghijklmnopqrstuvwxyz0123456789"


@pytest.fixture(autouse=True)
def _breaks(request: pytest.FixtureRequest) -> None:
    if request.node.name == "test_disk_space":
        raise RuntimeError(f"fixture {HOSTILE} {KEY} {os.path.expanduser('~')}/x")


def pytest_collection_finish() -> None:
    from checks import graph

    graph.checks()
    graph._checks["opencode-version"] = dataclasses.replace(graph._checks["opencode-version"], judge=_crash)


def _crash(facts: Facts) -> Finding:
    raise RuntimeError(f"call {HOSTILE} {KEY} {os.path.expanduser('~')}/x")
