"""A person with a home and a stick, in a network that ends at this machine; and the real kit on that stick."""
from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fixtures.programs.programs import ProgramMissing
from tests.conftest import ROOT, validator
from tests.support import kit_bench

PYTHON = "/usr/bin/python3"
UP = f"{PYTHON} {ROOT / 'tests' / 'support' / 'loopback_up.py'}"
LEFT = "--- what is left ---"
NAMESPACE = ("unshare", "-rmnpf", "--mount-proc")


@dataclass(frozen=True, slots=True)
class Seat:
    """A person with a home, `PATH=/usr/bin:/bin`, and a stick; `size`: of the home's own disk, in MB."""

    stick: Path
    home: Path
    size: int | None = None

    def type(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Typed in the stick's folder, below a network namespace of its own."""
        disk = f"mount -t tmpfs -o size={self.size}m tmpfs {self.home}; " if self.size else ""
        look = f"echo '{LEFT}'; ls {self.home}/.cache/ollama-checkpoints {self.home}/.local/share/ollama-checkpoints"
        check = f"; code=$?; {look}; exit $code" if self.size else ""
        line = f"{disk}{UP}; cd '{self.stick}'; " + ("" if self.size else "exec ") + f'"$@"{check}'
        env = {"HOME": str(self.home), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
        return subprocess.run(
            [*NAMESPACE, "/bin/sh", "-c", line, "sh", *words],
            env=env,
            capture_output=True,
            encoding="utf-8",
            timeout=900,
        )

    def result(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(
            (self.home / "ollama-checkpoints-report" / "result.json").read_text(encoding="utf-8")
        )
        validator().validate(found)
        return found


def namespaces() -> bool:
    return os.name == "posix" and subprocess.run([*NAMESPACE, "true"], capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="module")
def stick(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A kit of this platform with the real programs and the small model under a name of the lesson's."""
    new = (
        subprocess.run([PYTHON, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"], check=False).returncode == 0
    )
    if not (shutil.which("unshare") and shutil.which("zstd") and shutil.which("npm") and new and namespaces()):
        pytest.skip(f"no unshare, zstd, npm, namespace or {PYTHON} from 3.11: run it as root on Debian with both")
    folder = tmp_path_factory.mktemp("kit")
    try:
        return kit_bench.real_kit(folder)
    except ProgramMissing as error:
        pytest.skip(str(error))
