"""Folders that OpenCode cannot make or keep its own in: each of these was tried with OpenCode 1.18.33, which ends with
EACCES."""
from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from checks.judging.graph import checks
from fixtures.facts.facts import Facts
from fixtures.ollama.server import Program
from fixtures.opencode.folders import denied_folder
from fixtures.system.setup import Setup

pytestmark = pytest.mark.skipif(
    os.name == "nt", reason="Windows' rights are not told by a file's mode: run this on Linux or macOS"
)
NOBODY = 65534


@pytest.fixture
def home() -> Iterator[Path]:
    """A home of somebody who is not root, and this process as that person; who runs the tests may already be one."""
    folder = Path(tempfile.mkdtemp(prefix="home-"))
    is_root = os.geteuid() == 0
    try:
        if is_root:
            os.chown(folder, NOBODY, NOBODY)
            os.seteuid(NOBODY)
        yield folder
    finally:
        if is_root:
            os.seteuid(0)
        for place in folder.rglob("*"):
            place.chmod(0o755)
        shutil.rmtree(folder)


def setup(home: Path, **env: str) -> Setup:
    return Setup({"PATH": "", **env}, home, home / "project", "rehearse")


@pytest.mark.parametrize("place",
                         [".local", ".local/share", ".local/state", ".cache", ".config", ".local/share/opencode"])
def test_a_folder_that_may_not_be_written_is_named(home: Path, place: str) -> None:
    (home / place).mkdir(parents=True)
    (home / place).chmod(0o555)
    assert denied_folder(setup(home)) == home / place


def test_the_check_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fact is that of the tests above; here whoever runs the tests may be root, who is denied nothing."""
    monkeypatch.setattr("checks.test_step1_install.denied_folder", lambda setup: tmp_path / ".local")
    facts = Facts(setup(tmp_path), lambda machine: "m")
    facts.assume("opencode_program", Program(Path("/usr/bin/opencode"), "1.18.33", code=0))
    finding = checks()["opencode-version"].judge(facts)
    assert (finding.status, finding.pitfall) == ("failed", "opencode-folder-denied")
    assert str(tmp_path / ".local") in finding.found.en and str(tmp_path / ".local") in finding.found.zh


def test_a_config_folder_that_is_there_need_not_be_writable(home: Path) -> None:
    (home / ".config" / "opencode").mkdir(parents=True)
    (home / ".config" / "opencode").chmod(0o555)
    assert denied_folder(setup(home)) is None


def test_an_empty_home_is_sound(home: Path) -> None:
    assert denied_folder(setup(home)) is None


def test_xdg_variables_are_followed(home: Path) -> None:
    (home / "data").mkdir(mode=0o555)
    assert denied_folder(setup(home, XDG_DATA_HOME=str(home / "data"))) == home / "data"
