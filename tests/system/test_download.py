"""A download that breaks off, lies, is sent elsewhere or meets a foreign certificate, from a server on loopback."""
from __future__ import annotations

import hashlib
import http.server
import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from fixtures.system import download
from fixtures.system.download import Download, DownloadFailed

BODY = bytes(range(256)) * 20_000
SHA256 = hashlib.sha256(BODY).hexdigest()


class Server(http.server.ThreadingHTTPServer):
    """Serves BODY; `breaks` connections end half-way, `asked` are the ranges that were asked for."""

    daemon_threads = True
    breaks = 0
    ranges = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[str] = []

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that leaves is no error."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/file"


class Handler(http.server.BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:  # noqa: N802 - http.server's name
        self.server.asked.append(self.headers["Range"])
        first = int(self.headers["Range"].removeprefix("bytes=").rstrip("-")) if self.server.ranges else 0
        if self.path == "/elsewhere":
            self.send_response(302)
            self.send_header("Location", "/file")
            self.end_headers()
            return
        if first >= len(BODY):
            self.send_error(416)
            return
        rest = BODY[first:]
        self.send_response(206 if self.server.ranges else 200)
        self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        if self.server.breaks:
            self.server.breaks -= 1
            rest = rest[: len(rest) // 2]
        self.wfile.write(rest)

    def log_message(self, format: str, *args: object) -> None:
        """Not a test's business."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(download.time, "sleep", lambda seconds: None)
    made = Server()
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


def test_what_broke_off_goes_on_where_it_was(server: Server, tmp_path: Path) -> None:
    server.breaks = 2
    Download(server.url, tmp_path / "file", SHA256).fetch()
    half = len(BODY) // 2
    assert server.asked == ["bytes=0-", f"bytes={half}-", f"bytes={half + (len(BODY) - half) // 2}-"]
    assert (tmp_path / "file").read_bytes() == BODY


@pytest.mark.parametrize("ranges", [True, False])
def test_what_an_earlier_run_left_is_used_where_the_server_knows_ranges(
    ranges: bool, server: Server, tmp_path: Path
) -> None:
    server.ranges = ranges
    (tmp_path / "file").write_bytes(BODY[:1000])
    Download(server.url, tmp_path / "file", SHA256).fetch()
    assert (tmp_path / "file").read_bytes() == BODY and server.asked == ["bytes=1000-"]
    Download(server.url, tmp_path / "file", SHA256).fetch()
    assert (tmp_path / "file").read_bytes() == BODY


def test_a_line_that_gives_nothing_new_is_given_up(server: Server, tmp_path: Path) -> None:
    with pytest.raises(DownloadFailed):
        Download(server.url.replace("/file", "/elsewhere"), tmp_path / "file", SHA256, near=True).fetch()
    assert len(server.asked) == download.TRIES


def test_only_a_room_sends_nobody_elsewhere(server: Server, tmp_path: Path) -> None:
    Download(server.url.replace("/file", "/elsewhere"), tmp_path / "file", SHA256).fetch()
    assert (tmp_path / "file").read_bytes() == BODY


def test_another_file_than_announced_is_not_kept(server: Server, tmp_path: Path) -> None:
    with pytest.raises(DownloadFailed) as failed:
        Download(server.url, tmp_path / "file", "0" * 64).fetch()
    assert failed.value.pitfall == "download-corrupt" and not (tmp_path / "file").exists()


def test_a_disk_without_room_is_told_before_a_byte_is_written(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: type("usage", (), {"free": 1000}))
    with pytest.raises(DownloadFailed) as failed:
        Download(server.url, tmp_path / "file", SHA256).fetch()
    assert failed.value.pitfall == "disk-full" and (tmp_path / "file").stat().st_size == 0


@pytest.mark.skipif(not shutil.which("openssl"), reason="no openssl to make a certificate: apt-get install openssl")
def test_a_foreign_certificate_has_its_name(server: Server, tmp_path: Path) -> None:
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1",
            "-keyout", str(tmp_path / "key"), "-out", str(tmp_path / "certificate")]
    subprocess.run(made, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "certificate", tmp_path / "key")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    with pytest.raises(DownloadFailed) as failed:
        Download(server.url.replace("http:", "https:"), tmp_path / "file", SHA256).fetch()
    assert failed.value.pitfall == "tls-intercepted"
