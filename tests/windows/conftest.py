"""Everything in here runs on a Windows of its own, or says what would make one."""
from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from fixtures.programs.steps import StepFailed
from tests.support.windows import machine
from tests.support.windows.machine import APPS, Windows
from tests.support.windows.visit import STAND_INS


@pytest.fixture(scope="session")
def windows() -> None:
    """Made once, in the suite's cache: four minutes and 2 GB."""
    machine.skip_where_none_can_be_made()
    try:
        machine.provisioned()
    except StepFailed as error:  # a mirror that is out of reach says nothing of the suite
        pytest.skip(f"no Windows, for {error}: run this where apt, Maven and pip reach their mirrors")


@pytest.fixture(scope="module")
def learner(windows: None) -> Iterator[Windows]:
    """A person with a Chinese name on a Chinese Windows, whose suite lies in a folder with a space."""
    with machine.machine("王小明 同学", "zh_CN.UTF-8") as made:
        yield made


@pytest.fixture(scope="module")
def suite(learner: Windows) -> str:
    """The suite's folder, and beside it wheels, as in a kit: there is no network."""
    shutil.copytree(learner.drive / "wheels", learner.home / "wheels")
    return learner.lay_suite("检查 套件")


@pytest.fixture(scope="module")
def shop(learner: Windows, suite: str) -> None:
    """winget and npm, each with the one thing that the lesson gets from it."""
    learner.program("C:\\stand-ins\\ollama.exe", STAND_INS / "ollama.py")
    learner.program(f"{learner.profile}\\{APPS}\\winget.exe", STAND_INS / "winget.py")
    learner.program("C:\\stand-ins\\npm.exe", STAND_INS / "npm.py")
    shim = learner.path(f"{learner.profile}\\{APPS}\\npm.cmd")
    shim.write_text('@"C:\\stand-ins\\npm.exe" %*\r\n', encoding="ascii", newline="")
    learner.path("C:\\stand-ins\\suite.txt").write_text(suite, encoding="utf-8")
