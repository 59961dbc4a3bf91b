"""Windows' package managers, as far as they can be shown elsewhere: a program in winget's place notes what it is
told."""
from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from fixtures.facts.facts import Facts
from fixtures.fix.install import with_installed
from fixtures.fix.journal import Journal
from fixtures.fix.step import Case, FixFailed, Step, plan
from fixtures.system.setup import Setup
from fixtures.undo.run import undo
from tests.support.programs_stand_ins import EXE, SYSTEM, program
from tests.support.system_path import system_path

PROGRAM = "AppData/Local/Programs/Ollama"


WINGET = """
import pathlib, sys
with open({told!r}, "a", encoding="utf-8") as file:
    print(*sys.argv[1:], file=file)
made = pathlib.Path({made!r})
made.parent.mkdir(parents=True, exist_ok=True)
made.touch()
made.chmod(0o755)
if pathlib.Path({broken!r}).exists():
    sys.exit("no applicable installer found")
"""
"""Notes what it is told, and puts a program where winget does."""


@pytest.fixture
def setup(tmp_path: Path) -> Setup:
    home = tmp_path / "home"
    home.mkdir()
    program(tmp_path / "bin" / "winget",
            WINGET.format(told=str(tmp_path / "told"), made=str(home / PROGRAM / f"ollama{EXE}"),
                          broken=str(tmp_path / "broken")))
    path = f"{tmp_path / 'bin'}{os.pathsep}{system_path()}"
    return Setup({**SYSTEM, "PATH": path, "HOME": str(home)}, home, tmp_path, "rehearse", "windows", port=9)


def step(setup: Setup) -> Step:
    (one,) = plan(Case(Facts(setup, lambda machine: "x"), "ollama-version", "ollama-not-installed"))
    return one


def take(setup: Setup) -> None:
    journal = Journal(setup)
    try:
        step(setup).take(journal)
    finally:
        journal.close()


def told(setup: Setup) -> list[str]:
    return (setup.project / "told").read_text(encoding="utf-8").splitlines()


def test_winget_installs_and_removes_and_its_folder_counts_at_once(setup: Setup) -> None:
    assert "winget install --id Ollama.Ollama" in step(setup).line.en and not (setup.project / "told").exists()
    take(setup)
    assert [line.split()[:3] for line in told(setup)] == [["install", "--id", "Ollama.Ollama"]]
    found = with_installed(setup)
    assert found.which("ollama") == setup.home / PROGRAM / f"ollama{EXE}"
    assert found.added_path == (str(setup.home / PROGRAM),)
    (done,) = undo(setup, keep_models=False)
    assert told(setup)[-1].startswith("uninstall --id Ollama.Ollama") and not done.kept
    shutil.rmtree(setup.home / "AppData")
    assert list(setup.home.iterdir()) == []


def test_an_uninstall_that_fails_is_said_and_tried_again(setup: Setup) -> None:
    take(setup)
    broken = setup.project / "broken"
    broken.touch()
    (kept,) = undo(setup, keep_models=False)
    assert kept.kept and "no applicable installer" in kept.words.en
    broken.unlink()
    (done,) = undo(setup, keep_models=False)
    assert not done.kept and undo(setup, keep_models=False) == []


def test_an_installation_that_fails_says_why(setup: Setup) -> None:
    (setup.project / "broken").touch()
    with pytest.raises(FixFailed) as failed:
        take(setup)
    assert "no applicable installer found" in failed.value.words.en
    (setup.project / "broken").unlink()
    take(setup)
    assert with_installed(setup).added_path


def test_without_winget_the_page_is_named(setup: Setup, tmp_path: Path) -> None:
    (tmp_path / "bin" / f"winget{EXE}").unlink()
    assert step(setup).refused and "https://ollama.com/download" in step(setup).line.en
