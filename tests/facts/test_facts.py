"""How single facts are read: addresses, names, choices, proxies, other people's words."""
from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from fixtures.facts.fact import fact
from fixtures.facts.facts import Facts, numbers, supported
from fixtures.ollama import server as ollama
from fixtures.opencode.config import merge
from fixtures.system import loopback
from fixtures.system.proxies import captured
from fixtures.system.setup import Setup


@pytest.mark.parametrize(("text", "url"), [
    ("", "http://127.0.0.1:11434"), ("localhost", "http://localhost:11434"),
    ("http://localhost", "http://localhost:80"),
    ("https://box", "https://box:443"), ("0.0.0.0", "http://127.0.0.1:11434"), (":11435", "http://127.0.0.1:11435"),
    ("[::1]:11434", "http://[::1]:11434"), ("::1", "http://[::1]:11434"),
    ("127.0.0.1:nonsense", "http://127.0.0.1:11434"),
    ("'127.0.0.1:4000'", "http://127.0.0.1:4000"), ("http://127.0.0.1:4000/path", "http://127.0.0.1:4000"),
])
def test_ollama_host(text: str, url: str) -> None:
    """envconfig/config.go: `http://h` means port 80, everything without a scheme 11434."""
    assert ollama.parse_host(text) == url


@pytest.mark.parametrize(("host", "local"), [
    ("localhost", True), ("LOCALHOST", True), ("127.0.0.1", True), ("127.8.8.8", True), ("::1", True),
    ("0.0.0.0", True),
    ("models.localhost", True), ("host.docker.internal", False), ("192.0.2.1", False), ("ollama.com", False),
    (None, False),
    ("localhost.example.com", False),
])
def test_local(host: str | None, local: bool) -> None:
    assert loopback.is_local(host) is local


def test_nothing_is_sent_to_another_machine() -> None:
    with pytest.raises(loopback.NotLocal):
        loopback.request("GET", "http://192.0.2.1:11434/api/version")


@pytest.mark.parametrize(("env", "variable"), [
    ({"HTTP_PROXY": "http://p:1"}, "HTTP_PROXY"), ({"http_proxy": "http://p:1"}, "http_proxy"),
    ({"HTTPS_PROXY": "http://p:1"}, None), ({"ALL_PROXY": "http://p:1"}, None),
    ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "localhost,127.0.0.1"}, None),
    ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "*"}, None),
    ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "127.0.0.0/8"}, "HTTP_PROXY"),
])
def test_proxies(env: dict[str, str], variable: str | None) -> None:
    """As measured with OpenCode 1.18.33 itself."""
    found = captured(env, "http://127.0.0.1:11434/v1")
    assert (found.variable if found else None) == variable


def test_a_proxys_password_is_not_told() -> None:
    found = captured({"HTTP_PROXY": "http://me:secret@p:1"}, "http://localhost:1/v1")
    assert found and "secret" not in found.value


def test_cloud_names() -> None:
    assert [ollama.is_cloud_name(name)
            for name in ("gpt-oss:120b-cloud", "x:cloud", "cloud/x:7b", "my-cloud:7b")] == [True, True, False, False]


def test_versions() -> None:
    assert numbers("0.33.0-rc2") == (0, 33, 0)
    assert [supported(one) for one in ("1.18.33", "1.2.27", "1.1.31", "2.0.18", "2.0.0-aug7", "0.0.55", None)] == [
        True, True, False, True, False, False, False]


def test_merging_replaces_lists_and_merges_objects() -> None:
    assert merge({"a": {"b": 1, "c": [1]}}, {"a": {"c": [2]}}) == {"a": {"b": 1, "c": [2]}}


def test_a_fact_is_read_once_by_whichever_thread_asks_first(tmp_path: Path) -> None:
    reads = []

    class Counted(Facts):
        @fact
        def slow(self) -> int:
            time.sleep(0.05)
            reads.append(1)
            return len(reads)

    facts = Counted(Setup({}, tmp_path, tmp_path), lambda machine: "x")
    facts.start_early("slow")
    threads = [threading.Thread(target=lambda: facts.slow) for _ in range(8)]
    for thread in threads:
        thread.start()
    assert facts.slow == 1 and len(reads) == 1
    facts.forget("slow")
    assert facts.known("slow") is None and facts.slow == 2


def test_a_dripping_server_is_left_in_time() -> None:
    import socket

    server = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        connection, _ = server.accept()
        for byte in b"HTTP/1.1 200 OK\r\nX-Padding: " + b"x" * 100:
            time.sleep(0.2)
            connection.send(bytes([byte]))

    threading.Thread(target=drip, daemon=True).start()
    began = time.monotonic()
    with pytest.raises(loopback.Silent):
        loopback.request("GET", f"http://127.0.0.1:{server.getsockname()[1]}/", seconds=1)
    assert time.monotonic() - began < 5
