"""`--undo` ends the server that `--fix` started, and removes what that made for itself and nobody else has touched or
uses."""
from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fixtures.fix.journal import Journal, read, state_folder
from fixtures.fix.records import Server
from fixtures.fix.server import MARK, start
from fixtures.system.setup import Setup
from fixtures.undo.run import undo
from fixtures.undo.undone import Undone
from tests.support.fix_homes import env_of, make_home, tree
from tests.support.journal_lines import add_line
from tests.support.programs_stand_ins import SYSTEM, program

posix = pytest.mark.skipif(os.name == "nt", reason="symbolic links: run this on Linux or macOS")
SERVE = """
import http.server, os, pathlib
own = pathlib.Path(os.environ["HOME"], ".ollama")
(own / "models" / "blobs").mkdir(parents=True, exist_ok=True)
for name in ("id_ed25519", "id_ed25519.pub", "server.json"):
    if not (own / name).exists():
        (own / name).write_text("made by ollama")
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = b'{"version": "0.34.0", "models": []}' if self.path != "/" else b"Ollama is running"
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    do_HEAD = do_GET
host, port = os.environ["OLLAMA_HOST"].split(":")
http.server.ThreadingHTTPServer((host, int(port)), Handler).serve_forever()
"""


@pytest.fixture
def setup(tmp_path: Path) -> Setup:
    """A home without Ollama, and a stand-in for its program."""
    from fixtures.system.loopback import free_port

    home, made = make_home(tmp_path), program(tmp_path / "bin" / "ollama", SERVE)
    env = env_of(home, OLLAMA_HOST=f"127.0.0.1:{free_port()}", PATH=f"{made.parent}{os.pathsep}{os.defpath}",
                 USERPROFILE=str(home), **SYSTEM)
    return Setup(env, home, tmp_path / "project", port=9)


def started(setup: Setup) -> Server:
    journal = Journal(setup)
    start(setup, journal.folder / "log", journal)
    journal.close()
    (entry,) = (one for one in read(state_folder(setup) / "journal.jsonl").values() if isinstance(one, Server))
    return entry


def changed(setup: Setup, **what: Any) -> None:
    add_line(setup, id=2, **what)


def take_back(setup: Setup) -> Undone:
    (done,) = undo(setup, keep_models=False)
    return done


@pytest.fixture
def sleepers(tmp_path: Path) -> Iterator[Any]:
    made: list[subprocess.Popen[bytes]] = []

    def start(name: str, **env: str) -> subprocess.Popen[bytes]:
        sleeper = program(tmp_path / name, "import time; time.sleep(60)")
        home = {"USERPROFILE": env["HOME"]} if "HOME" in env else {}
        made.append(subprocess.Popen([sleeper], env={"PATH": os.defpath, **SYSTEM, **home, **env}))
        return made[-1]

    yield start
    for one in made:
        one.kill()
        one.wait()


def test_home_is_as_before_when_nobody_touched_it(setup: Setup) -> None:
    before = tree(setup.home)
    started(setup)
    assert (setup.home / ".ollama" / "id_ed25519").is_file()
    assert "stopped the server" in take_back(setup).words.en
    assert tree(setup.home) == before


def test_home_is_as_before_where_the_run_was_killed_while_the_server_came_up(setup: Setup) -> None:
    before, entry = tree(setup.home), started(setup)
    log = state_folder(setup) / "journal.jsonl"
    lines = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join(line for line in lines if b'"made": {' not in line))
    killed = read(log)[2]
    assert isinstance(killed, Server) and killed.made is None and entry.made
    assert "stopped the server" in take_back(setup).words.en
    assert tree(setup.home) == before


def test_file_that_was_edited_or_is_in_use_since_is_kept(setup: Setup) -> None:
    started(setup)
    own = setup.home / ".ollama"
    (own / "server.json").write_text('{"mine": 1}')
    said = take_back(setup).words.en
    assert (own / "server.json").read_text() == '{"mine": 1}' and "server.json" in said and "changed since" in said
    assert (own / "id_ed25519").exists(), "whoever has settings here may have signed in with this key"
    assert not (own / "models").exists()


def test_key_that_was_replaced_is_kept(setup: Setup) -> None:
    started(setup)
    key = setup.home / ".ollama" / "id_ed25519"
    key.write_text("signed in")
    take_back(setup)
    assert key.read_text() == "signed in"


@posix
def test_models_folder_that_became_a_link_stays_with_all_behind_it(setup: Setup) -> None:
    started(setup)
    models, disk = setup.home / ".ollama" / "models", setup.home / "disk"
    shutil.move(models, disk)
    (disk / "manifests").mkdir()
    models.symlink_to(disk)
    said = take_back(setup).words.en
    assert models.is_symlink() and (disk / "blobs").is_dir() and (disk / "manifests").is_dir() and str(models) in said


def test_nothing_is_removed_while_another_ollama_runs_from_there(setup: Setup, sleepers: Any) -> None:
    before = tree(setup.home)
    started(setup)
    elsewhere = sleepers("ollama-elsewhere", HOME=str(setup.home / "elsewhere"))
    other = sleepers("ollama", HOME=str(setup.home))
    done = take_back(setup)
    assert done.kept and f"another Ollama (process {other.pid}) runs from there" in done.words.en
    assert (setup.home / ".ollama" / "id_ed25519").exists() and other.poll() is None
    other.kill()
    other.wait()
    assert not take_back(setup).kept and tree(setup.home) == before and elsewhere.poll() is None


def test_server_is_ours_by_its_mark_after_the_clock_was_set(setup: Setup, sleepers: Any) -> None:
    ours = sleepers("serve", **{MARK: "here 1"})
    changed(setup, kind="server", phase="done", pid=ours.pid, created=time.time() - 86400, mark="here 1",
            url="http://127.0.0.1:9", fresh=[])
    assert "stopped the server" in take_back(setup).words.en
    ours.wait(timeout=10)


def test_another_process_with_the_number_is_let_be(setup: Setup, sleepers: Any) -> None:
    other = sleepers("serve", **{MARK: "here 2"})
    changed(setup, kind="server", phase="done", pid=other.pid, created=time.time() - 86400, mark="here 1",
            url="http://127.0.0.1:9", fresh=[])
    assert "no longer ran" in take_back(setup).words.en and other.poll() is None


def test_server_that_has_ended_and_keeps_its_number_is_stopped(setup: Setup) -> None:
    """Its parent, this test, takes no note of it."""
    ours = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], env={**os.environ, MARK: "here 1"})
    changed(setup, kind="server", phase="done", mark="here 1", url="http://127.0.0.1:9", fresh=[])
    began = time.monotonic()
    assert not take_back(setup).kept and time.monotonic() - began < 4
    ours.wait()


def test_server_that_does_not_end_is_not_called_stopped(
    setup: Setup, sleepers: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = sleepers("serve", **{MARK: "here 1"})
    changed(setup, kind="server", phase="done", pid=1, created=0, mark="here 1", url="http://127.0.0.1:9", fresh=[])
    monkeypatch.setattr("fixtures.undo.server._stop", lambda process: False)
    done = take_back(setup)
    assert done.kept and f"process {ours.pid} could not be stopped" in done.words.en
