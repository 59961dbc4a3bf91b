"""A mirror is plain HTTP: anybody in the room can answer in its place, with anything."""
from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from fixtures.facts.facts import Facts
from fixtures.fix.install import bin_folder, programs_folder, put
from fixtures.fix.journal import Journal
from fixtures.fix.records import Tree
from fixtures.fix.step import Case, FixFailed, Step, plan
from fixtures.mirror.client import Room, mirror_url, platform_key
from fixtures.system.setup import Setup

NAME = "qwen2.5-coder:7b"
DIGEST = "sha256:" + "0" * 64


class Answers(BaseHTTPRequestHandler):
    """What the server's `said` holds for a path, else 404."""

    def do_GET(self) -> None:
        body = self.server.said.get(self.path)  # type: ignore[attr-defined]
        self.send_response(404 if body is None else 200)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


class Stranger:
    """A server that answers as it is told, and a person without programs who asks it."""

    def __init__(self, folder: Path, url: str, said: dict[str, bytes]) -> None:
        self.url, self.said = url, said
        self.setup = Setup({"PATH": "", "HOME": str(folder)}, folder, folder, "rehearse", port=9)
        self.row = {"program": "ollama", "version": "0.34.0+x_1", "platform": platform_key(self.setup),
                    "file": "ollama-0.34.0.tar",
                    "size": 5, "sha256": "0" * 64}

    def index(self, value: Any) -> None:
        self.said["/programs/index.json"] = value if isinstance(value, bytes) else json.dumps(value).encode()

    def manifest(self, value: Any) -> None:
        self.said["/v2/library/qwen2.5-coder/manifests/7b"] = json.dumps(value).encode()

    def steps(self, check: str, pitfall: str) -> list[Step]:
        facts = Facts(self.setup, lambda machine: NAME)
        for name, value in (("serve", None), ("schema", None), ("ollama_processes", []), ("ollama_program", None)):
            facts.assume(name, value)
        return plan(Case(facts, check, pitfall, mirror=self.url, size_of=lambda name: 4_700_000_000))


@pytest.fixture
def stranger(tmp_path: Path) -> Iterator[Stranger]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        said = server.said = {}  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield Stranger(tmp_path, f"http://127.0.0.1:{server.server_address[1]}", said)
        server.shutdown()


def test_sound_row_is_taken(stranger: Stranger) -> None:
    stranger.index([{"program": "other"}, stranger.row])
    assert Room(stranger.url).program("ollama", stranger.setup) == stranger.row


@pytest.mark.parametrize(
    "wrong",
    [{"file": "/home/x/.bashrc"}, {"file": "../x"}, {"file": ".x"}, {"file": "a\\b"}, {"file": "x\n"}, {"file": ""},
     {"file": None},
     {"version": "1/../../../../Documents"}, {"version": ".."}, {"version": "1:2"}, {"version": 1}, {"version": None},
     {"size": "5"}, {"size": 0}, {"size": -1}, {"size": True}, {"size": 5.0}, {"size": None},
     {"sha256": "0" * 63}, {"sha256": "g" * 64}, {"sha256": 5}, {"sha256": None}],
    ids=repr,
)
def test_row_that_is_not_sound_does_not_exist(wrong: dict[str, Any], stranger: Stranger) -> None:
    mine = stranger.setup.home / ".bashrc"
    mine.write_text("mine", encoding="utf-8")
    stranger.index([{**stranger.row, **wrong}])
    (step,) = stranger.steps("ollama-version", "ollama-not-installed")
    assert step.refused and mine.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("index", [{"a": 1}, ["x"], 5, "x", None, [None], [[]], b"{", b"[" * 100_000, b"1" * 5000,
                                   b"\xff"], ids=lambda value: repr(value)[:20])
def test_index_of_another_form_is_empty(index: Any, stranger: Stranger) -> None:
    stranger.index(index)
    assert Room(stranger.url).program("ollama", stranger.setup) is None


def test_program_goes_nowhere_but_into_our_folder(stranger: Stranger) -> None:
    folder = programs_folder(stranger.setup) / "ollama-1" / ".." / ".." / "Documents"
    journal = Journal(stranger.setup)
    with pytest.raises(FixFailed):
        put(stranger.setup, "ollama", folder, stranger.setup.home / "bin" / "ollama", lambda work: work, journal)
    assert not [entry for entry in journal.entries.values() if isinstance(entry, Tree)]


@pytest.mark.skipif(os.name == "nt", reason="no link is made on Windows, so none is in the way: run it elsewhere")
@pytest.mark.parametrize("lead", ["file", "folder", "/opt/gone/ollama", "{ours}", "{ours}/bin/opencode"])
def test_foreign_link_is_told_before_the_download(lead: str, stranger: Stranger) -> None:
    stranger.index([stranger.row])
    ours = programs_folder(stranger.setup) / f"ollama-{stranger.row['version']}"
    link = bin_folder(stranger.setup) / "ollama"
    link.parent.mkdir(parents=True)
    if lead == "file":
        link.write_text("mine", encoding="utf-8")
    elif lead == "folder":
        link.mkdir()
    else:
        link.symlink_to(lead.format(ours=ours))
    (step,) = stranger.steps("ollama-version", "ollama-not-installed")
    assert step.refused and str(link) in step.refused.en and str(link) in step.refused.zh


@pytest.mark.parametrize("place", ["bin/ollama", "ollama"])
def test_link_that_leads_where_we_put_it_is_kept(place: str, stranger: Stranger) -> None:
    stranger.index([stranger.row])
    link = bin_folder(stranger.setup) / "ollama"
    link.parent.mkdir(parents=True)
    link.symlink_to(programs_folder(stranger.setup) / f"ollama-{stranger.row['version']}" / place)
    (step,) = stranger.steps("ollama-version", "ollama-not-installed")
    assert not step.refused


@pytest.mark.parametrize("manifest", [None, [], {"config": None, "layers": None},
                                      {"layers": [{"digest": DIGEST, "size": "x"}]}, {"layers": ["x"]}], ids=repr)
def test_manifest_that_is_none_has_no_size(manifest: Any, stranger: Stranger) -> None:
    stranger.manifest(manifest)
    assert Room(stranger.url).model_size(NAME) is None


def test_config_may_be_missing(stranger: Stranger) -> None:
    stranger.manifest({"config": None, "layers": [{"digest": DIGEST, "size": 7}]})
    assert Room(stranger.url).model_size(NAME) == 7 and Room(stranger.url).model_size("no such\nname") is None


def test_model_comes_from_the_mirror_or_not_at_all(stranger: Stranger) -> None:
    stranger.manifest({"config": {"digest": DIGEST, "size": 2}, "layers": [{"digest": DIGEST, "size": 98}]})
    (step,) = stranger.steps("model-downloaded", "model-not-downloaded")
    assert not step.refused and step.size == 100
    for said in ({}, {"/v2/library/qwen2.5-coder/manifests/7b": b"{}"}):
        stranger.said.clear()
        stranger.said.update(said)
        (step,) = stranger.steps("model-downloaded", "model-not-downloaded")
        assert step.refused and step.refused.en == f"{stranger.url} does not answer, or has no {NAME}"
        assert NAME in step.refused.zh
    stranger.url = "http://127.0.0.1:9"
    (step,) = stranger.steps("model-downloaded", "model-not-downloaded")
    assert step.refused


@pytest.mark.parametrize(
    ("typed", "url"),
    [("http://10.0.0.5:11480", "http://10.0.0.5:11480"), ("http://10.0.0.5:11480/", "http://10.0.0.5:11480"),
     ("room-3.local:80", "http://room-3.local:80"),
     ("http://room", "http://room"), ("HTTP://room/", "http://room")],
)
def test_address_of_a_mirror(typed: str, url: str) -> None:
    assert mirror_url(typed) == url == Room(typed).url


@pytest.mark.parametrize(
    "typed",
    ["https://room:11480", "http://room:11480/models", "http://[::1]:11480", "[::1]:11480", "http://user:pw@room:11480",
     "http://room:abc", "http://room:",
     "http://room:0", "http://room:65536", "http://", "", "room", "ftp://room:1", "http://ro om:1", "room:80?x",
     "room:80#x", "room:80\n", ".room:80", "room:80//",
     "http://a/../b:1", "http://教室:80"],
)
def test_address_that_is_no_mirrors(typed: str) -> None:
    assert mirror_url(typed) is None
    with pytest.raises(ValueError):
        Room(typed)
