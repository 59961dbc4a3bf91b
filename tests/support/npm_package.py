"""A package of npm's that a test compares with or looks through, fetched once and kept in the suite's cache."""
from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

from fixtures.system.cache import Cache
from fixtures.system.cache_place import cache_dir
from fixtures.system.waits import say


def installed(package: str) -> Path:
    """The package's own folder; skips the test where npm cannot fetch it."""
    found = _fetch(package)
    if isinstance(found, str):
        pytest.skip(found)
    return found / "node_modules" / package.rpartition("@")[0]


@cache
def _fetch(package: str) -> Path | str:
    """The folder, or why there is none: npm tries for a minute, which is enough once a run."""
    npm = shutil.which("npm")
    if not npm or not shutil.which("node"):
        return "no node and npm on PATH: apt-get install nodejs npm"

    def make(work: Path) -> None:
        argv = [npm, "install", "--prefix", str(work / "part"), "--no-audit", "--no-fund", "--ignore-scripts", package]
        subprocess.run(argv, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
                       timeout=300)

    try:
        return Cache(cache_dir(os.environ) / "tests", say).part(f"npm-{package}", make)
    except subprocess.CalledProcessError as error:
        said = next((line for line in error.output.splitlines() if "code" not in line), "")
        return f"npm could not fetch {package}: it needs its registry ({said.strip()})"
