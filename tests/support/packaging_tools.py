"""The real uv, pipx, build and check-wheel-contents, in an environment that is made once and kept in the suite's
cache."""
from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fixtures.system.cache import Cache
from fixtures.system.cache_place import cache_dir
from fixtures.system.waits import say
from tests.conftest import ROOT

PACKAGES = ("build==1.6.1", "hatchling==1.33.0", "check-wheel-contents==0.6.3", "uv==0.13.9", "pipx==1.18.4")


def tools() -> Path:
    """The folder with its `python` and `uv`; skips the test where they cannot be had.

    Cached parts are made elsewhere and moved: a script in there names a Python that is gone, so it is `python -m pipx`.
    """

    def make(work: Path) -> None:
        environment = work / "part"
        run([sys.executable, "-m", "venv", str(environment)], work)
        run([str(environment / "bin" / "python"), "-m", "pip", "install", "-q", *PACKAGES], work)

    if os.name != "posix":
        pytest.skip("the paths below are POSIX's: run this on Linux or macOS")
    try:
        return Cache(cache_dir(os.environ) / "tests", say).part("packaging-1", make) / "bin"
    except subprocess.CalledProcessError as error:
        pytest.skip(f"no uv, pipx and build: pip needs a package index for them ({error.output.strip()[-200:]})")


def files_of_git(*which: str) -> list[str]:
    """What `git ls-files` names of this tree; skips the test in a folder that was downloaded, not cloned."""
    try:
        listed = run(["git", "ls-files", "-z", *which], ROOT)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no work tree of git's: run this in a clone")
    return [name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def run(argv: list[str], cwd: Path, env: dict[str, str] | None = None, seconds: float = 300) -> str:
    """What a command printed; raises CalledProcessError with it."""
    done = subprocess.run(argv, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
                          timeout=seconds)
    if done.returncode:
        raise subprocess.CalledProcessError(done.returncode, argv, done.stdout)
    return done.stdout
