"""The suite's fast tests on Windows' Python, as far as Windows could make a difference; two machines share them."""
from __future__ import annotations

import contextlib
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.windows import machine
from tests.support.windows.machine import PACKAGES

SHARES = {
    "english": ("learner", "C.UTF-8", "system programs terminal facts"),
    "chinese": ("王小明 同学", "zh_CN.UTF-8", "undo fix mirror ollama opencode sandbox ci redact checks"),
}
"""Name -> user, language, and the rooms of `tests`. What reads a text and no system is the same everywhere: explain,
jsonc, page, room, words."""
SECONDS = 1500.0
pytestmark = [pytest.mark.real, pytest.mark.windows]
COUNTS = re.compile(r"(?m)^.*\b\d+ passed.*$")


@dataclass(frozen=True, slots=True)
class Share:
    """Tests that are running, and the file they print to."""

    process: subprocess.Popen[bytes]
    file: Path

    def ended(self) -> tuple[int, str]:
        return self.process.wait(SECONDS), self.file.read_bytes().decode("utf-8", "replace")


@pytest.fixture(scope="module")
def shares(windows: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Share]]:
    with contextlib.ExitStack() as machines:
        started = {}
        for name, (user, language, rooms) in SHARES.items():
            made = machines.enter_context(machine.machine(user, language))
            suite, file = made.lay_suite(), tmp_path_factory.mktemp(name) / "out.txt"
            what = [f"tests/{room}" for room in rooms.split()]
            words = [PACKAGES, "tests", *what, "-m", "not real", "-q", "-p", "no:cacheprovider", "--durations=5",
                     "--timeout=300"]  # a test that hangs is named, with what it was doing
            with file.open("wb") as out:
                started[name] = Share(made.start(*words, cwd=suite, out=out.fileno()), file)
        yield started


@pytest.mark.parametrize("name", list(SHARES))
def test_the_fast_tests_pass(name: str, shares: dict[str, Share], capsys: pytest.CaptureFixture[str]) -> None:
    code, said = shares[name].ended()
    counts = COUNTS.findall(said)
    with capsys.disabled():
        print(f"\n{name}: {counts[-1] if counts else 'nothing counted'}")
    assert code == 0 and counts, said[-20000:]
    assert "shell script" not in said, "a test that needs a shell has no stand-in on Windows"
