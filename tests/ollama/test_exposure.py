"""A real Ollama in a network namespace with a second address: who else reaches it, and whether web pages do."""
from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fixtures.programs.programs import Programs
from tests.conftest import ROOT
from tests.support.apart import NETWORK, skip_without_network
from tests.support.second_address import FOUR, SIX


def judged(folder: Path, listen: str, *more: str, origins: str = "") -> dict[str, Any]:
    skip_without_network()
    ollama = Programs(dict(os.environ), print).ollama("0.34.0")
    argv = [*NETWORK, sys.executable, "-m", "tests.support.second_address", str(ollama), str(folder), listen, origins]
    done = subprocess.run([*argv, *more], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True,
                          text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["server"] == "ollama"
    return found


@pytest.mark.real
@pytest.mark.parametrize(("listen", "more", "names"), [
    ("0.0.0.0:11434", ("four",), FOUR), ("[::]:11434", ("six",), SIX),
    ("[::]:11434", ("four", "six"), f"{FOUR}, {SIX}"),
])
def test_an_ollama_that_answers_at_another_address_is_found(
    listen: str, more: tuple[str, ...], names: str, tmp_path: Path
) -> None:
    found = judged(tmp_path, listen, *more)
    assert (found["status"], found["pitfall"]) == ("advice", "server-exposed")
    assert found["found"].endswith(names) and found["values"]["setting"] == "OLLAMA_HOST"


@pytest.mark.real
@pytest.mark.parametrize(("listen", "more"), [
    ("127.0.0.1:11434", ("four", "six")), ("127.0.0.1:11434", ()), ("0.0.0.0:11434", ()),
])
def test_one_that_answers_on_loopback_only_is_not(listen: str, more: tuple[str, ...], tmp_path: Path) -> None:
    assert judged(tmp_path, listen, *more)["status"] == "passed"


@pytest.mark.real
def test_one_that_answers_every_web_page_is_found(tmp_path: Path) -> None:
    found = judged(tmp_path, "127.0.0.1:11434", origins="*")
    assert (found["status"], found["values"]["setting"]) == ("advice", "OLLAMA_ORIGINS")
    assert judged(tmp_path, "127.0.0.1:11434", origins="chrome-extension://*")["status"] == "passed"
