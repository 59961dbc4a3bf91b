"""Whose home a run is about, and a user who has none."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from fixtures import bootstrap
from fixtures.system.cache_place import cache_dir
from tests.conftest import ROOT, Ran
from tests.support.fix_homes import env_of, make_home

HOMELESS = """
import pathlib
def home():
    raise RuntimeError("Could not determine home directory.")
pathlib.Path.home = home
"""
"""As `Path.home()` ends where neither a variable nor the system names a home: a container's own number, a bare
environment."""


@pytest.fixture
def homeless(tmp_path: Path) -> dict[str, str]:
    folder = tmp_path / "homeless"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(HOMELESS, encoding="utf-8")
    env = env_of(make_home(tmp_path), PYTHONPATH=str(folder))
    return {name: value for name, value in env.items() if name not in ("HOME", "USERPROFILE")}


@pytest.mark.parametrize("args", [(), ("-k", "server_listening"), ("--undo",)], ids=["all", "one", "undo"])
def test_a_user_without_a_home_is_told_in_one_sentence(
    args: tuple[str, ...], homeless: dict[str, str], run_checks: Callable[..., Ran]
) -> None:
    ran = run_checks(*args, env=homeless)
    assert ran.code == 4 and "has no home folder" in ran.out and "没有用户目录" in ran.out, ran.out
    assert "INTERNALERROR" not in ran.out and "Traceback" not in ran.out


def test_so_is_whoever_starts_a_mirror(homeless: dict[str, str]) -> None:
    env = {**homeless, "PYTHONPATH": os.pathsep.join([homeless["PYTHONPATH"], str(ROOT)])}
    done = subprocess.run(
        [sys.executable, "-m", "fixtures.mirror"], cwd=ROOT, env=env, capture_output=True, encoding="utf-8", timeout=60
    )
    assert done.returncode == 4 and "has no home folder" in done.stderr and "Traceback" not in done.stderr


def test_and_where_nothing_is_installed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(bootstrap, "find_python", lambda folder: cache_dir({}))
    monkeypatch.setattr(
        Path, "home", lambda: (_ for _ in ()).throw(RuntimeError("Could not determine home directory."))
    )
    assert bootstrap.main("checks") == bootstrap.CANNOT_START
    assert "OLLAMA_CHECKPOINTS_CACHE" in capsys.readouterr().err
