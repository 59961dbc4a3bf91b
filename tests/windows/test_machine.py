"""What is made for a test is gone after it, and reaches nobody."""
from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.support.windows import machine

pytestmark = [pytest.mark.real, pytest.mark.windows]
HELD = """
import time
from tests.support.windows.machine import PYTHON, machine
with machine() as windows:
    windows.start(PYTHON, "-c", "import time; time.sleep(600)")
    print(windows.pid, flush=True)
    time.sleep(600)
"""


def namespace(pid: int) -> str:
    return os.readlink(f"/proc/{pid}/ns/pid")


def inside(name: str) -> list[str]:
    """The processes of a namespace that still run."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                found += [process.name] if namespace(int(process.name)) == name else []
            except OSError:  # it has ended meanwhile
                continue
    return found


def mounts() -> list[str]:
    """Where something is mounted; the first field of a line is a number that changes."""
    return [line.split()[4] for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()]


@pytest.mark.usefixtures("windows")
def test_nothing_outlives_a_test_run_that_is_killed() -> None:
    before = mounts()
    run = subprocess.Popen([sys.executable, "-c", HELD], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert run.stdout
    name = namespace(int(run.stdout.readline()))
    deadline = time.monotonic() + 60
    while len(inside(name)) < 8 and time.monotonic() < deadline:  # Wine's services, and the program
        time.sleep(0.1)
    assert len(inside(name)) >= 8
    run.kill()
    run.wait()
    deadline = time.monotonic() + 30
    while inside(name) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert inside(name) == [] and mounts() == before
    assert list((machine.provisioned()[1] / "mnt").iterdir()) == []


def test_it_has_no_network_and_another_port_11434(learner: machine.Windows) -> None:
    devices = Path(f"/proc/{learner.pid}/net/dev").read_text(encoding="utf-8").splitlines()[2:]
    assert [line.split(":")[0].strip() for line in devices] == ["lo"]
    assert os.readlink(f"/proc/{learner.pid}/ns/net") != os.readlink("/proc/self/ns/net")


def test_what_wine_says_of_its_own_programs_is_not_the_started_ones() -> None:
    """Its words as they came, before a Chinese line."""
    said = b"wine: Unhandled page fault on read access to 0000000000000008 (thread 00ac), starting debugger...\n"
    assert machine.WINES.sub(b"", said + "第一次运行\r\n".encode("gbk")) == "第一次运行\r\n".encode("gbk")
