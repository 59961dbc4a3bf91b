"""A home with the stand-in for OpenCode 2, and an Ollama that answers as a test asks: what a real one does rarely."""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from fixtures.facts.facts import Facts
from fixtures.ollama.server import Model
from fixtures.opencode.config import Config
from fixtures.opencode.generation import Generation, generation
from fixtures.opencode.program import Serve
from fixtures.sandbox.opencodes import stand_in
from fixtures.sandbox.rehearsal import read_rehearsal
from fixtures.sandbox.sandbox import make_special
from fixtures.system import children
from fixtures.system.setup import Setup

PACKAGE = "@ai-sdk/openai-compatible"
VERSION = "0.34.0"
MAKES = {"!": ("completion",), "?": ("embedding",)}
"""Suffix of a name in a set-up's `[server] models` -> what the model can."""


@dataclass
class Answers:
    """What the server says to a chat: a status with an error's text, or pieces of a reply."""

    status: int = 200
    error: str = ""
    pieces: tuple[str, ...] = ("Hello, I am a small model, and I run on this machine. ", "Nothing leaves it.")
    models: tuple[tuple[str, tuple[str, ...]], ...] = (("m", ("completion", "tools")), ("e", ("embedding",)))
    window: int = 131072
    """What it loads a model with."""
    requests: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


class _Handler(BaseHTTPRequestHandler):
    answers: Answers

    def log_message(self, *args: object) -> None:
        """Silent."""

    def do_GET(self) -> None:
        if self.headers["Origin"]:  # another site's page, as Ollama answers one (v0.34.0)
            return self._send(403, "")
        named = [
            {"name": name, "size": 10**8, "capabilities": able, "context_length": self.answers.window}
            for name, able in self.answers.models
        ]
        self._send(
            200, {"/": "Ollama is running", "/api/version": {"version": VERSION}}.get(self.path, {"models": named})
        )

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.answers.requests.append((self.path, body))
        if self.path == "/api/generate":
            return self._send(200, {"done": True})
        if self.path == "/api/show":
            return self._send(
                200,
                {
                    "capabilities": dict(self.answers.models)[body["model"]],
                    "model_info": {"llama.context_length": 131072},
                },
            )
        if self.answers.status != 200 or self.path != "/v1/chat/completions":
            text = self.answers.error or "404 page not found"
            return self._send(
                self.answers.status if self.answers.status != 200 else 404,
                {"error": {"message": text}} if self.answers.error else text,
            )
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for piece in self.answers.pieces:
            self.wfile.write(f"data: {json.dumps({'choices': [{'delta': {'content': piece}}]})}\n\n".encode())
        self.wfile.write(b"data: [DONE]\n\n")

    def _send(self, status: int, value: Any) -> None:
        body = (value if isinstance(value, str) else json.dumps(value)).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def ollama(answers: Answers) -> Iterator[int]:
    """The port of a server with these answers."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"answers": answers}))
    server.socket.settimeout(1)  # a client that is gone again before it is accepted would hold it for ever
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


def home(folder: Path, port: int = 11434, version: str = "2.0.26", words: str = "late=0.2", **env: str) -> Setup:
    """A set-up of a throw-away person with the stand-in on PATH; `port` stands for Ollama's default one."""
    for name in ("home/.config/opencode", "project"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    path = os.pathsep.join([str(stand_in(version, folder / "bin")), os.environ["PATH"]])
    full = {"PATH": path, "HOME": str(folder / "home"), "STAND_IN_OPENCODE": words, **env}
    return Setup(full, folder / "home", folder / "project", "rehearse", port=port)


def write(setup: Setup, value: Any, name: str = "opencode.json") -> Path:
    """A global config; a text is written as it is."""
    file = setup.opencode_config / name
    file.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return file


def put(file: Path, value: Any) -> None:
    """A config in any place."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(value), encoding="utf-8")


def started(setup: Setup, models: tuple[Model, ...] = ()) -> tuple[Serve, Config, Generation]:
    """A running one on a quiet copy of that set-up's config."""
    two = generation("2.0.26")
    config = two.read_config(setup)
    program = setup.which("opencode")
    assert program
    serve = Serve(
        program,
        config,
        setup,
        None,
        lambda merged, one, folder, template: two.copy(merged, one, folder, template, models),
    )
    assert not serve.error, serve.error
    return serve, config, two


def block(url: str, **more: Any) -> dict[str, Any]:
    """The lesson's provider with this address."""
    return {"npm": PACKAGE, "options": {"baseURL": url}, "models": {"m": {}}, **more}


@contextmanager
def rehearsed(folder: Path, to: Path, version: str = "2.0.26", answers: Answers | None = None) -> Iterator[Facts]:
    """A set-up folder with that OpenCode and an Ollama of ours: a second instead of twenty."""
    rehearsal = read_rehearsal(folder)
    names = rehearsal.server.get("models", ["qwen2.5-coder:7b"])
    answers = answers or Answers()
    answers.models = tuple((name.rstrip("!?+"), MAKES.get(name[-1], ("completion", "tools"))) for name in names)
    with ollama(answers) as port:
        setup = home(to, port, version)
        for name in ("home", "project"):
            if (folder / name).is_dir():
                shutil.copytree(folder / name, to / name, dirs_exist_ok=True, symlinks=True)
        for file in (file for file in to.rglob("*.json*") if file.is_file()):
            file.write_bytes(file.read_bytes().replace(b":11434", b":%d" % port))
        for special in rehearsal.files:
            make_special(to / special["path"], special)
        if rehearsal.run.get("git"):
            (to / "project" / ".git").mkdir()
        program = to / "bin" / "ollama"
        program.write_text(f"#!/bin/sh\necho client version is {VERSION}\n")
        program.chmod(0o755)
        given = {
            key: value.replace(":11434", f":{port}").replace("{home}", str(setup.home))
            for key, value in rehearsal.env.items()
        }
        with children.open_run():
            yield Facts(replace(setup, env={**setup.env, **given}), lambda machine: "qwen2.5-coder:7b")
