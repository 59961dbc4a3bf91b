"""The room's mirror, and what a pull through a real Ollama does when it misbehaves."""
from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from fixtures.fix import pull as fix_pull
from fixtures.fix.pull_error import pitfall_of
from fixtures.fix.step import FixFailed
from fixtures.mirror.client import Room, long_name
from fixtures.mirror.server import Mirror
from fixtures.mirror.shelf import Shelf
from fixtures.ollama.store import names
from fixtures.programs.programs import Programs
from fixtures.system import loopback
from fixtures.system.setup import Setup
from fixtures.undo.run import undo
from tests.conftest import ROOT
from tests.support.apart import DISK, skip_without_disk
from tests.support.mirror_bench import NAME, Bench
from tests.support.small_kit import make_store

ALL = bool(os.environ.get("OLLAMA_CHECKPOINTS_ALL"))


def test_blobs_come_whole_and_in_parts_with_their_own_address(tmp_path: Path) -> None:
    layer = make_store(tmp_path / "models")
    url = Mirror(Shelf(tmp_path / "models", tmp_path)).start().url
    manifest = httpx.get(f"{url}/v2/library/qwen2.5-coder/manifests/7b", trust_env=False).json()
    path = f"/v2/library/qwen2.5-coder/blobs/{manifest['layers'][0]['digest']}"
    head, whole = (httpx.request(method, url + path, trust_env=False) for method in ("HEAD", "GET"))
    assert head.headers["content-length"] == str(len(layer)) and head.content == b""
    assert (whole.status_code, whole.headers["location"], whole.content) == (200, path, layer)
    part = httpx.get(url + path, headers={"Range": "bytes=100-199"}, trust_env=False)
    assert (part.status_code, part.content) == (206, layer[100:200])
    rest = httpx.get(url + path, headers={"Range": f"bytes={len(layer) - 5}-"}, trust_env=False)
    assert rest.content == layer[-5:]
    assert Room(url).model_size(NAME) == len(layer)


@pytest.mark.parametrize("path", ["/v2/../../etc/passwd", "/v2/library/..%2f..%2fx/manifests/7b",
                                  "/v2/library/nope/manifests/7b",
                                  "/v2/library/x/blobs/sha256:../../../etc/passwd", "/programs/../journal.jsonl",
                                  "/programs/x.tar", "/id_ed25519",
                                  "/v2/../../.secret/manifests/auth.json", "/v2/../../secret/manifests/auth.json",
                                  "/v2/a/./../../../secret/manifests/auth.json",
                                  "/v2/.secret/library/x/manifests/auth.json", "/v2/a/b/linked/manifests/auth.json",
                                  "/v2/library/notes/manifests/auth.json"])
def test_nothing_else_is_given_away(path: str, tmp_path: Path) -> None:
    make_store(tmp_path / "models")
    stored, likely = tmp_path / "models" / "manifests", '{"layers": [], "key": "sk-mine"}'
    for folder in (tmp_path / ".secret", tmp_path / "secret", stored / ".secret" / "library" / "x"):
        folder.mkdir(parents=True)
        (folder / "auth.json").write_text(likely, encoding="utf-8")
    (stored / "a" / "b").mkdir(parents=True)
    (stored / "a" / "b" / "linked").symlink_to(tmp_path / "secret")
    (stored / "registry.ollama.ai" / "library" / "notes").mkdir()
    notes = stored / "registry.ollama.ai" / "library" / "notes"
    (notes / "auth.json").write_text('{"key": "sk-mine"}', encoding="utf-8")
    server = Mirror(Shelf(tmp_path / "models", tmp_path / "archives")).start()
    import http.client

    # a client that does not tidy the path
    connection = http.client.HTTPConnection(*server.server_address[:2], timeout=5)
    connection.request("GET", path)
    assert connection.getresponse().status == 404


def test_names_of_a_mirror_are_what_ollama_pull_wants() -> None:
    room = Room("10.0.0.5:11480")
    assert (room.url, long_name(room, "llama3.2:3b"), long_name(room, "me/mine")) == (
        "http://10.0.0.5:11480", "10.0.0.5:11480/library/llama3.2:3b", "10.0.0.5:11480/me/mine:latest")


@pytest.mark.parametrize(
    ("said", "pitfall"),
    [
        ('pull model manifest: Get "https://r/v2/": dial tcp: lookup r: no such host', "registry-unreachable"),
        ("proxyconnect tcp: dial tcp 127.0.0.1:9: connect: connection refused", "registry-unreachable"),
        ("tls: failed to verify certificate: x509: certificate signed by unknown authority", "tls-intercepted"),
        ("write /m/blobs/sha256-1-partial: no space left on device", "disk-full"),
        ("digest mismatch, file must be downloaded again: want sha256:1, got sha256:2", "download-corrupt"),
        ("pull model manifest: 412: The model you are attempting to pull requires a newer version of Ollama.",
         "ollama-too-old"),
        ("pull model manifest: 500: internal error", "registry-unreachable"),
    ],
)
def test_errors_of_a_pull_are_told_apart(said: str, pitfall: str) -> None:
    assert pitfall_of(said) == pitfall


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.mark.real
def test_pull_gets_the_short_name_and_undo_takes_all_of_it_back(bench: Bench) -> None:
    (step,) = bench.steps()
    bench.pull("sound")
    assert bench.listed() == [NAME] and bench.sound() and step.size == bench_size(bench)
    undo(bench.setup, keep_models=True)
    assert bench.listed() == [NAME]
    loopback.request("DELETE", f"{bench.setup.default_url}/api/delete", data={"model": NAME})
    bench.pull("sound")
    undo(bench.setup, keep_models=False)
    assert bench.listed() == [] and not list((bench.setup.ollama_models / "blobs").iterdir())


def bench_size(bench: Bench) -> int:
    return dict(names(bench.setup.ollama_models))[NAME]


@pytest.mark.real
@pytest.mark.parametrize(
    ("mood", "pitfall"),
    [("stalls", "slow-download"), ("lies", "download-corrupt"), ("500", "registry-unreachable"),
     pytest.param("drops", "registry-unreachable",
                  marks=pytest.mark.skipif(not ALL, reason="Ollama tries for a minute: OLLAMA_CHECKPOINTS_ALL=1"))],
)
def test_bad_mirror_has_a_name_and_the_next_run_finishes(
    mood: str, pitfall: str, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fix_pull, "STALL_SECONDS", 2.0 if mood == "stalls" else 90.0)
    monkeypatch.setattr(fix_pull, "TRIES", 2 if mood == "stalls" else 1)
    with pytest.raises(FixFailed) as failed:
        bench.pull(mood)
    assert failed.value.pitfall == pitfall, failed.value.words
    assert bench.listed() == []
    half = bench.sent
    bench.pull("sound")
    assert bench.listed() == [NAME] and bench.sound()
    if mood in ("stalls", "drops"):
        assert bench.sent - half < 0.7 * bench_size(bench), "the second run began anew"


@pytest.mark.real
def test_connection_that_breaks_once_is_gone_on_with(bench: Bench) -> None:
    bench.pull("breaks once")
    assert bench.listed() == [NAME] and bench.sound() and bench.sent < 1.2 * bench_size(bench)


@pytest.mark.real
def test_full_disk_is_told_before_the_download(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type("usage", (), {"free": 10_000_000})
    monkeypatch.setattr("shutil.disk_usage", lambda folder: usage)
    with pytest.raises(FixFailed) as failed:
        bench.pull("sound")
    assert failed.value.pitfall == "disk-full" and bench.sent == 0
    monkeypatch.undo()
    bench.pull("sound")
    assert bench.sound()


@pytest.mark.real
def test_disk_that_fills_during_the_download(tmp_path: Path) -> None:
    skip_without_disk(tmp_path)
    done = subprocess.run([*DISK, sys.executable, "-m", "tests.support.mirror_bench", str(tmp_path)], cwd=ROOT,
                          capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"pitfall": "disk-full", "listed": [], "full": True, "after": [NAME],
                                       "sound": True}


@pytest.mark.real
def test_command_says_what_is_served_and_what_the_others_type(tmp_path: Path) -> None:
    program = Programs(dict(os.environ)).ollama()
    make_store(tmp_path / ".ollama" / "models")
    port = loopback.free_port()
    env = {"HOME": str(tmp_path), "PATH": f"{program.parent}{os.pathsep}{os.defpath}", "PYTHONPATH": str(ROOT),
           "OLLAMA_CHECKPOINTS_CACHE": str(tmp_path / "cache")}
    argv = [sys.executable, "-m", "fixtures.mirror", "--host=127.0.0.1", f"--port={port}"]
    with subprocess.Popen(argv, env=env, cwd=tmp_path, stdout=subprocess.PIPE, text=True, encoding="utf-8") as served:
        try:
            assert served.stdout
            said = ""
            for line in served.stdout:  # the last line, said once it listens; where it ends early, so does this
                said += line
                if line.startswith("Ctrl-C ends it"):
                    break
            setup = Setup({}, tmp_path, tmp_path)
            row = Room(f"127.0.0.1:{port}").program("ollama", setup)
            assert row and row["size"] > 1_000_000
        finally:
            served.send_signal(signal.SIGINT)
    assert f"{NAME}, 102 kB" in said and f"python3 checks --fix --mirror=http://127.0.0.1:{port}" in said
    assert served.returncode == 0 and not (tmp_path / "cache" / "mirror").exists()
