"""What a pull ends as when the Ollama of this machine is the one that goes away."""
from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fixtures.fix import pull as fix_pull
from fixtures.fix.journal import Journal
from fixtures.fix.pull_error import pitfall_of
from fixtures.fix.records import Model
from fixtures.fix.step import FixFailed
from fixtures.system.setup import Setup
from tests.support.mirror_bench import Bench

NAME = "qwen2.5-coder:7b"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
Pull = Callable[..., FixFailed]


def chunk(line: bytes) -> bytes:
    return b"%x\r\n%b\n\r\n" % (len(line) + 1, line)


@pytest.fixture
def pull(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pull]:
    """Pull from a local server that says each of these to one connection, and then is gone; how that ends."""
    monkeypatch.setattr(fix_pull, "TRIES", 2)
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    journal = Journal(Setup({}, tmp_path, tmp_path, "rehearse"))
    server = socket.create_server(("127.0.0.1", 0))

    def run(*said: bytes) -> FixFailed:
        def answer() -> None:
            for text in said:
                connection, _ = server.accept()
                with connection:
                    _whole_request(connection)
                    connection.sendall(text)
            server.close()

        if not said:
            server.close()
        thread = threading.Thread(target=answer, daemon=True)
        address = f"http://127.0.0.1:{server.getsockname()[1]}" if said else "http://127.0.0.1:9"
        thread.start()
        with pytest.raises(FixFailed) as failed, journal.doing(Model(name=NAME, url=address)) as record:
            fix_pull._Pull(address, NAME, insecure=False, record=record, journal=journal).run()
        return failed.value

    yield run
    server.close()
    journal.close()


def _whole_request(connection: socket.socket) -> None:
    """To its last byte: where one is left, Windows resets the connection, and the answer is lost."""
    head, _, body = connection.recv(65536).partition(b"\r\n\r\n")
    length = next(int(line.split(b":")[1]) for line in head.lower().split(b"\r\n")
                  if line.startswith(b"content-length"))
    while len(body) < length:
        body += connection.recv(65536)


PROGRESS = b'{"status":"pulling 0","digest":"sha256:0","total":9,"completed":3}'


@pytest.mark.parametrize(
    "said",
    [(), (HEAD + chunk(PROGRESS),), (HEAD + chunk(PROGRESS), HEAD + chunk(PROGRESS)), (b"", b""),
     (HEAD + chunk(PROGRESS) + b"0\r\n\r\n",)],
    ids=["refuses", "breaks off, then refuses", "breaks off twice", "closes at once", "ends, then refuses"],
)
def test_local_server_that_is_gone_is_not_the_registry(said: tuple[bytes, ...], pull: Pull) -> None:
    failed = pull(*said)
    assert failed.pitfall == "server-not-running" and failed.values["address"].startswith("http://127.0.0.1:")


@pytest.mark.parametrize("error", [b"dial tcp 127.0.0.1:9: connect: connection refused", b"unexpected EOF",
                                   b"read: connection reset by peer"])
def test_mirror_that_refuses_is_the_registry(error: bytes, pull: Pull) -> None:
    line = chunk(b'{"error":"pull model manifest: ' + error + b'"}') + b"0\r\n\r\n"
    assert pull(HEAD + line).pitfall == "registry-unreachable"


@pytest.mark.real
def test_ollama_that_is_killed_during_a_pull(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fix_pull, "TRIES", 2)
    bench = Bench(tmp_path)
    threading.Timer(1.5, bench.process.kill).start()
    with pytest.raises(FixFailed) as failed:
        bench.pull("stalls")
    assert failed.value.pitfall == "server-not-running"


def test_a_clock_that_is_behind_is_told_from_a_foreign_certificate() -> None:
    """As Go's crypto/x509 words it: `before` is a matter of the clock, `after` may be one of the certificate."""
    said = "tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time"
    assert pitfall_of(f"{said} 2015-07-01T10:00:00Z is before 2025-11-02T00:00:00Z") == "clock-wrong"
    assert pitfall_of(f"{said} 2026-07-01T10:00:00Z is after 2025-11-02T00:00:00Z") == "tls-intercepted"
