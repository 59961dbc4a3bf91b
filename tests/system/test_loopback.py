"""A refusal is a refusal however long it takes to come, and what is silent has accepted a connection."""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fixtures.ollama.server import address, read_server
from fixtures.system import loopback
from tests.conftest import ROOT, Ran
from tests.support.fix_homes import config_of, env_of, make_home
from tests.support.stand_in_server import serving
from tests.support.windows_timing.sitecustomize import REFUSAL_SECONDS, apply

TIMING = ROOT / "tests" / "support" / "windows_timing"


@pytest.fixture
def ollama() -> Iterator[int]:
    """The port of a server that answers on 127.0.0.1 only."""
    with serving() as port:
        yield port


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loopback, "_ways", {})
    apply(monkeypatch.setattr)


def state(url: str) -> str:
    where = address(url, "config")
    assert where
    return read_server(where, lambda url: None).state


@pytest.mark.usefixtures("windows")
@pytest.mark.parametrize(("host", "seconds"), [("127.0.0.1", REFUSAL_SECONDS), ("localhost", 2 * REFUSAL_SECONDS)])
def test_a_closed_port_of_windows_is_refused_not_silent(host: str, seconds: float) -> None:
    began = time.monotonic()
    assert state(f"http://{host}:{loopback.free_port()}") == "refused"
    assert seconds <= time.monotonic() - began < seconds + 3


@pytest.mark.usefixtures("windows")
def test_a_server_that_localhost_reaches_late_answers_and_the_way_is_known_from_then_on(ollama: int) -> None:
    began = time.monotonic()
    assert state(f"http://localhost:{ollama}") == "ollama"
    assert loopback.request("GET", f"http://localhost:{ollama}/api/tags").json()["models"] == []
    assert time.monotonic() - began < 2 * REFUSAL_SECONDS


def test_the_known_way_is_left_where_the_server_has_moved(ollama: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loopback, "_ways", {f"localhost:{ollama}": "127.0.0.2"})
    assert loopback.request("GET", f"http://localhost:{ollama}/").text == "Ollama is running"
    assert loopback._ways == {f"localhost:{ollama}": "127.0.0.1"}


def test_what_is_imported_first_is_not_the_servers_time(ollama: int, monkeypatch: pytest.MonkeyPatch) -> None:
    client = loopback.client

    def late(timeout: float) -> object:
        time.sleep(0.6)
        return client(timeout)

    monkeypatch.setattr(loopback, "client", late)
    assert loopback.request("GET", f"http://127.0.0.1:{ollama}/", seconds=0.5).status == 200


def test_a_connection_that_nobody_accepts_is_not_called_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """A queue that is full, or a firewall that drops what is sent: no connection was made."""
    monkeypatch.setattr(loopback, "CONNECT_SECONDS", 0.2)
    monkeypatch.setattr(socket.socket, "connect", lambda *_: time.sleep(60) or None)
    with pytest.raises(loopback.Refused):
        loopback.request("GET", "http://127.0.0.1:1/", seconds=30)


def test_one_that_accepts_and_says_nothing_is_silent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, pytest.raises(loopback.Silent):
        loopback.request("GET", f"http://127.0.0.1:{server.getsockname()[1]}/", seconds=0.3)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_stopped_server_is_called_stopped_with_windows_timing(
    host: str, tmp_path: Path, run_checks: Callable[..., Ran]
) -> None:
    home, port = make_home(tmp_path), loopback.free_port()
    provider = {
        "npm": "@ai-sdk/openai-compatible",
        "options": {"baseURL": f"http://{host}:{port}/v1"},
        "models": {"x": {}},
    }
    config_of(home).write_text(json.dumps({"provider": {"ollama": provider}}), encoding="utf-8")
    env = {**env_of(home, PYTHONPATH=str(TIMING), OLLAMA_HOST=f"{host}:{port}"), "PATH": str(_programs(tmp_path))}
    ran = run_checks("-k", "server_listening", "--lang=en", env=env)
    pitfall = ran.pitfalls("failed")["server-listening"]
    assert pitfall in ("server-not-running", "ollama-host-mismatch"), ran.out  # another Ollama may run on this machine


def _programs(folder: Path) -> Path:
    """A folder with a file that PATH finds as `ollama`; nobody starts it."""
    program = folder / "programs" / ("ollama.exe" if os.name == "nt" else "ollama")
    program.parent.mkdir()
    program.write_bytes(b"")
    program.chmod(0o755)
    return program.parent


def test_remedies_are_this_systems_where_the_machine_was_not_read(
    tmp_path: Path, run_checks: Callable[..., Ran]
) -> None:
    """`-k` and one file ask for less than the whole run does."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        pretend = tmp_path / "windows" / "sitecustomize.py"
        pretend.parent.mkdir()
        pretend.write_text('import platform\nplatform.system = lambda: "Windows"\n', encoding="utf-8")
        env = env_of(
            make_home(tmp_path), PYTHONPATH=str(pretend.parent), OLLAMA_HOST=f"127.0.0.1:{silent.getsockname()[1]}"
        )
        ran = run_checks("-k", "server_listening", "--lang=en", env=env)
    record = ran.checks["server-listening"]
    assert record["pitfall"] == "server-not-answering", ran.out
    assert record["remedy"]["commands"][0] == 'Get-Process "ollama*" | Stop-Process'
    assert sys.platform == "win32" or "systemctl" not in ran.out
