"""A kit on a Windows without a network: what a double click on `start.cmd` starts."""
from __future__ import annotations

import shutil

import pytest

from fixtures.mirror.suite import copy_suite
from fixtures.system import sums
from tests.support.windows.machine import APPS, PYTHON, Windows

pytestmark = [pytest.mark.real, pytest.mark.windows]
KIT = "C:\\课程 U盘"


@pytest.fixture(scope="module")
def kit(learner: Windows) -> str:
    folder = learner.path(KIT)
    folder.mkdir()
    copy_suite(folder)
    shutil.copytree(learner.drive / "wheels", folder / "wheels")
    sums.write(folder)
    return KIT


def test_the_start_script_checks_this_machine_and_leaves_the_kit_alone(learner: Windows, kit: str) -> None:
    ran = learner.run("cmd", "/c", "start.cmd", "--lang=zh", cwd=kit)
    assert ran.code == 1 and "ollama-not-installed" in ran.out, ran.raw.decode("gbk", "replace")
    assert (learner.home / "ollama-checkpoints-report" / "result.json").is_file()
    folder = learner.path(kit)
    assert list(sums.faults(folder, sums.read(folder))) == []


def test_without_python_it_says_what_to_type(learner: Windows, kit: str) -> None:
    learner.set_variable("PATH", f"{learner.profile}\\{APPS}")
    ran = learner.run("cmd", "/c", "start.cmd", "--lang=zh", cwd=kit)
    learner.set_variable("PATH", PYTHON.rpartition("\\")[0])
    assert ran.code == 4 and "winget install Python.Python.3.13" in ran.out
