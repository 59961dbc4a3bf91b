"""Whatever lies in the config's place or answers on the port: a clear verdict in time, no traceback, nothing run."""
from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import Ran
from tests.support.system_path import system_path

pytestmark = pytest.mark.real
CONFIG = Path(".config") / "opencode" / "opencode.json"


@pytest.fixture
def bare(tmp_path: Path) -> dict[str, str]:
    """A home without programs; OpenCode answers with a version and can do nothing else."""
    (tmp_path / "home" / CONFIG.parent).mkdir(parents=True)
    bin = tmp_path / "bin"
    bin.mkdir()
    (bin / "opencode").write_text("#!/bin/sh\necho 1.18.33\n")
    (bin / "opencode").chmod(0o755)
    return {"HOME": str(tmp_path / "home"), "PATH": f"{bin}:{system_path()}", "LANG": "C.UTF-8",
            "OLLAMA_HOST": "127.0.0.1:9", "OLLAMA_CHECKPOINTS_CACHE": str(tmp_path / "cache")}


def nothing(path: Path) -> None:
    path.write_bytes(b"")


def large(path: Path) -> None:
    path.write_bytes(b'{"provider":{' + b'"a":{},' * 7_000_000 + b'"z":{}}}')


def binary(path: Path) -> None:
    path.write_bytes(bytes(range(256)) * 64)


def folder(path: Path) -> None:
    path.mkdir()


def loop(path: Path) -> None:
    path.symlink_to(path)


def deep(path: Path) -> None:
    path.write_text('{"provider":' + "[" * 100_000)


def fifo(path: Path) -> None:
    os.mkfifo(path)


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize(("make", "check", "pitfall"), [
    (nothing, "config-found", "config-missing"), (large, "config-valid", "config-unreadable"),
    (binary, "config-valid", "config-syntax"), (folder, "config-valid", "config-unreadable"),
    (loop, "config-valid", "config-unreadable"), (deep, "config-valid", "config-syntax"),
    (fifo, "config-valid", "config-unreadable"), (device, "config-valid", "config-unreadable"),
], ids=lambda value: getattr(value, "__name__", None))
def test_config(
    make: Callable[[Path], None], check: str, pitfall: str, bare: dict[str, str], run_checks: Callable[..., Ran]
) -> None:
    make(Path(bare["HOME"]) / CONFIG)
    ran = run_checks(env=bare)
    assert ran.pitfalls("failed").get(check) == pitfall, ran.out
    assert ran.code == 1 and "Traceback" not in ran.out and ran.pitfalls("crashed") == {}


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0,
                    reason="only root can start a process as another user: run this as root")
def test_config_that_may_not_be_read(bare: dict[str, str], run_checks: Callable[..., Ran]) -> None:
    """Root may read everything, so the run gives that right up first."""
    path = Path(bare["HOME"]) / CONFIG
    path.write_text("{}")
    path.chmod(0)
    ran = run_checks(env=bare, prefix=("setpriv", "--bounding-set=-all", "--inh-caps=-all", "--ambient-caps=-all"))
    assert ran.pitfalls("failed").get("config-valid") == "config-unreadable", ran.out


HTML = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 20\r\n\r\n<html>hello</html>\r\n"
HALF = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 200\r\n\r\n{"version": "0.3'
AWAY = b"HTTP/1.1 302 Found\r\nLocation: http://203.0.113.9/\r\nContent-Length: 0\r\n\r\n"
HUGE = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 104857600\r\n\r\n"


def answer(connection: socket.socket, kind: str) -> None:
    """One bad answer."""
    connection.recv(65536)
    try:
        if kind == "huge":
            connection.sendall(HUGE)
            for _ in range(1600):
                connection.sendall(b" " * 65536)
        elif kind == "slow":
            for byte in HTML * 10:
                connection.sendall(bytes([byte]))
                time.sleep(1)
        else:
            connection.sendall({"html": HTML, "half": HALF, "away": AWAY}[kind])
        connection.close()
    except OSError:
        pass


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[int]:
    """A server that answers badly; its port."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(connection, request.param), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    yield listening.getsockname()[1]
    listening.close()


@pytest.mark.parametrize(("server", "pitfall"), [
    ("html", "port-taken-by-other"), ("half", "server-not-answering"), ("away", "port-taken-by-other"),
    ("huge", "port-taken-by-other"), ("slow", "server-not-answering"),
], indirect=["server"], ids=["html", "half", "away", "huge", "slow"])
def test_server(server: int, pitfall: str, bare: dict[str, str], run_checks: Callable[..., Ran]) -> None:
    began = time.monotonic()
    ran = run_checks(env={**bare, "OLLAMA_HOST": f"127.0.0.1:{server}"})
    assert ran.pitfalls("failed").get("server-listening") == pitfall, ran.out
    assert "Traceback" not in ran.out and ran.pitfalls("crashed") == {}
    assert time.monotonic() - began < 60
