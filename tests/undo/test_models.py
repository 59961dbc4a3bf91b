"""`--undo` removes the model that `--fix` brought, and no other; what it could not remove it does not call removed."""
from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from fixtures.fix import records
from fixtures.fix.journal import Journal, read, state_folder
from fixtures.fix.pull import download as take
from fixtures.fix.window import create
from fixtures.ollama import store
from fixtures.system.setup import Setup
from fixtures.undo.run import undo
from fixtures.undo.undone import Undone
from tests.conftest import Ran
from tests.support.fix_homes import env_of, make_home
from tests.support.journal_lines import add_line
from tests.support.model_store import put

NAME = "qwen2.5-coder:7b"
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def setup(tmp_path: Path) -> Setup:
    home = make_home(tmp_path)
    return Setup(env_of(home), home, tmp_path / "project", port=9)


class Server(ThreadingHTTPServer):
    """An Ollama that has its models in a folder: lists them, and takes them by pull, create and delete."""

    def __init__(self, models: Path) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.models, self.deleted, self.breaks = models, list[str](), False
        self.url = f"http://127.0.0.1:{self.server_port}"
        Thread(target=self.serve_forever, daemon=True).start()


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        names = [name for name, _ in store.names(self.server.models)]
        self._send({"models": [{"name": name, "digest": store.manifest_digest(self.server.models, name)}
                               for name in names]})

    def do_POST(self) -> None:
        name = self._asked()
        if self.server.breaks:
            self._send({"error": "no space left on device"})
            return
        put(self.server.models, name, name.encode(), b"weights" * 1000)
        self._send({"status": "success"})

    def do_DELETE(self) -> None:
        self.server.deleted.append(self._asked())
        store.remove_model(NOWHERE, self.server.models, self.server.deleted[-1])
        self._send({})

    def _asked(self) -> str:
        return str(json.loads(self.rfile.read(int(self.headers["content-length"])))["model"])

    def _send(self, value: Any) -> None:
        body = json.dumps(value).encode() + b"\n"
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Nothing on screen."""


@pytest.fixture
def serve() -> Iterator[Callable[[Path], Server]]:
    servers: list[Server] = []
    yield lambda models: servers.append(Server(models)) or servers[-1]  # type: ignore[func-returns-value]
    for server in servers:
        server.shutdown()
        server.server_close()


def download(setup: Setup, url: str) -> None:
    journal = Journal(setup)
    try:
        take(setup, url, NAME, NAME, 1000, journal)
    finally:
        journal.close()


def begun(setup: Setup, **what: Any) -> None:
    first = {"name": NAME, "source": None, "url": NOWHERE, "size": 4_700_000_000, "digests": [], "store": None}
    add_line(setup, id=2, kind="model", phase="begun", **first | what)


def take_back(setup: Setup, keep_models: bool = False) -> Undone:
    (done,) = undo(setup, keep_models)
    return done


def files(models: Path) -> set[str]:
    return {path.name for path in models.rglob("*") if path.is_file()}


@pytest.mark.parametrize("keep", [False, True])
@pytest.mark.parametrize("running", [True, False])
def test_model_that_the_person_pulled_after_ours_broke_off_is_kept(
    running: bool, keep: bool, setup: Setup, serve: Callable[[Path], Server]
) -> None:
    server = serve(setup.ollama_models)
    server.breaks = True
    with pytest.raises(Exception, match="no space left"):
        download(setup, server.url)
    put(setup.ollama_models, NAME, b"config", b"weights")
    if not running:
        server.shutdown()
        server.server_close()
    before = files(setup.ollama_models)
    done = take_back(setup, keep)
    assert f"kept the model {NAME}" in done.words.en and "is whole by now" in done.words.en and not done.kept
    assert files(setup.ollama_models) == before and server.deleted == []


def test_model_that_the_person_pulled_to_a_service_is_kept(
    setup: Setup, serve: Callable[[Path], Server], tmp_path: Path
) -> None:
    server = serve(tmp_path / "service")
    put(tmp_path / "service", NAME, b"config", b"weights")
    begun(setup, url=server.url)
    assert "kept the model" in take_back(setup).words.en and server.deleted == []


def test_model_that_came_is_removed_with_or_without_its_server(setup: Setup, serve: Callable[[Path], Server]) -> None:
    server = serve(setup.ollama_models)
    download(setup, server.url)
    server.shutdown()
    server.server_close()
    assert take_back(setup).words.en == f"removed the model {NAME}, 7 kB"
    assert files(setup.ollama_models) == set() and not state_folder(setup).exists()


def test_model_that_the_person_replaced_since_is_kept(setup: Setup, serve: Callable[[Path], Server]) -> None:
    server = serve(setup.ollama_models)
    download(setup, server.url)
    put(setup.ollama_models, NAME, b"config", b"newer weights")
    done = take_back(setup)
    assert "another one by now" in done.words.en and not done.kept
    assert store.manifest_digest(setup.ollama_models, NAME) and server.deleted == []


def test_model_of_a_service_waits_until_its_server_runs(setup: Setup, serve: Callable[[Path], Server], tmp_path: Path,
                                                        run_checks: Callable[..., Ran]) -> None:
    server = serve(tmp_path / "service")
    download(setup, server.url)
    server.shutdown()
    server.server_close()
    ran = run_checks("--undo", "--lang=en", env=env_of(setup.home))
    assert ran.code == 1 and "start the server, then --undo again" in " ".join(ran.out.split())
    assert "removed" not in ran.out
    again = serve(tmp_path / "service")
    add_line(setup, id=2, url=again.url)
    assert take_back(setup).words.en == f"removed the model {NAME}, 1 kB" and again.deleted == [NAME]


def test_own_model_of_the_same_name_is_not_the_services(
    setup: Setup, serve: Callable[[Path], Server], tmp_path: Path
) -> None:
    put(setup.ollama_models, NAME, NAME.encode(), b"weights" * 1000)
    before, server = files(setup.ollama_models), serve(tmp_path / "service")
    download(setup, server.url)
    server.shutdown()
    server.server_close()
    assert take_back(setup).kept and files(setup.ollama_models) == before


def test_another_model_of_the_name_in_the_own_store_does_not_hide_the_services(
    setup: Setup, serve: Callable[[Path], Server], tmp_path: Path
) -> None:
    server = serve(tmp_path / "service")
    download(setup, server.url)
    put(setup.ollama_models, NAME, b"config", b"pulled since")
    assert "removed the model" in take_back(setup).words.en
    assert server.deleted == [NAME] and store.manifest_digest(setup.ollama_models, NAME)


def test_model_with_a_wider_window_goes_without_a_server_and_has_no_size(
    setup: Setup, serve: Callable[[Path], Server]
) -> None:
    put(setup.ollama_models, NAME, b"config", b"weights" * 1000)
    before, server = files(setup.ollama_models), serve(setup.ollama_models)
    journal = Journal(setup)
    create(setup, server.url, NAME, f"{NAME}-32k", 32768, journal)
    journal.close()
    server.shutdown()
    server.server_close()
    done = take_back(setup)
    assert done.words.en == f"removed the model {NAME}-32k" and done.words.zh.endswith("-32k")
    assert files(setup.ollama_models) == before


def test_parts_of_before_the_fix_are_kept(setup: Setup, serve: Callable[[Path], Server]) -> None:
    blobs = setup.ollama_models / "blobs"
    blobs.mkdir(parents=True)
    mine, ours = f"sha256-{'a' * 64}", f"sha256-{'b' * 64}"
    (blobs / f"{mine}-partial").write_text("of yesterday")
    server = serve(setup.ollama_models)
    server.breaks = True
    with pytest.raises(Exception, match="no space left"):
        download(setup, server.url)
    for name in (f"{mine}-partial-0", f"{ours}-partial", f"{ours}-partial-0"):
        (blobs / name).write_text("of today")
    add_line(setup, id=2, digests=[mine.replace("-", ":"), ours.replace("-", ":")])
    assert "removed what had come of" in take_back(setup).words.en
    assert files(setup.ollama_models) == {f"{mine}-partial", f"{mine}-partial-0"}


@pytest.mark.parametrize("keep", [False, True])
def test_a_pull_that_never_came_is_not_called_a_model(keep: bool, setup: Setup) -> None:
    begun(setup)
    said = take_back(setup, keep).words
    assert "the model" not in said.en and "GB" not in said.en and "kB" not in said.en and "GB" not in said.zh


def test_model_that_is_gone_is_not_called_removed(setup: Setup, serve: Callable[[Path], Server]) -> None:
    server = serve(setup.ollama_models)
    download(setup, server.url)
    store.remove_model(NOWHERE, setup.ollama_models, NAME)
    assert take_back(setup, keep_models=True).words.en == f"the model {NAME} is not there"


def test_download_is_known_as_ours_before_it_gets_its_short_name(
    setup: Setup, serve: Callable[[Path], Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run killed there leaves the model under its long name: it goes, whoever has the short one."""
    server, long = serve(setup.ollama_models), "127.0.0.1:1/library/qwen2.5-coder:7b"
    monkeypatch.setattr("fixtures.fix.pull._shorten", lambda *names: (_ for _ in ()).throw(KeyboardInterrupt))
    journal = Journal(setup)
    with pytest.raises(KeyboardInterrupt):
        take(setup, server.url, NAME, long, 1000, journal)
    journal.close()
    (entry,) = (one for one in read(state_folder(setup) / "journal.jsonl").values() if isinstance(one, records.Model))
    assert entry.phase == "begun" and entry.digest
    assert "removed the model" in take_back(setup).words.en and files(setup.ollama_models) == set()
