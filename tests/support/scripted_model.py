"""An Ollama whose model follows a script: a tool call, a call that cannot be read, thoughts only, and the like."""
from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

NAME, VERSION = "scripted:1b", "0.34.0"
Piece = dict[str, Any]


def call(name: str, **given: Any) -> Piece:
    """A whole call in one piece, as Ollama streams it."""
    function = {"name": name, "arguments": json.dumps(given)}
    return {"tool_calls": [{"index": 0, "id": f"call_{name}", "type": "function", "function": function}]}


def said(text: str) -> Piece:
    return {"content": text}


EDIT = {"filePath": "greeting.txt", "oldString": "morning", "newString": "evening"}
BROKEN = {"tool_calls": [{"index": 0, "id": "c", "type": "function",
                          "function": {"name": "edit", "arguments": '{"filePath": "greeting.txt", "oldStr'}}]}
SCRIPTS: dict[str, list[list[Piece] | str]] = {
    "changes": [[call("read", filePath="greeting.txt")], [call("edit", **EDIT)], [said("Done, it says evening now.")]],
    "reads": [[call("read", filePath="greeting.txt")], [said("The file says good morning.")]],
    "shell": [[call("bash", command="touch escaped", description="x")], [said("Done.")]],
    "outside": [[call("write", filePath="../../escaped.txt", content="x")], [said("Done.")]],
    "printed": [[said('{"name": "edit", "arguments": {"filePath": "greeting.txt", "oldString": "morning"}}')]],
    "malformed": ["error parsing tool call: raw='{\"filePath\": \"gree', err=unexpected end of JSON input"],
    "half": [[BROKEN], [said("Done.")]],
    "thinking": [[{"reasoning": "The user wants me to change the file. I should read it first."}]],
    "words": [[said("I would replace the word, and then the greeting is right.")]],
    "silent": [],
}
"""Answers in turn; a text is a status 500. `silent` never answers a task."""


class _Handler(BaseHTTPRequestHandler):
    script: list[list[Piece] | str]
    read: int
    window: int

    def log_message(self, *args: object) -> None:
        """Nothing on screen."""

    def do_GET(self) -> None:
        model = {"name": NAME, "size": 10**8, "capabilities": ["completion", "tools"]}
        loaded = {**model, "context_length": self.window}
        answers: dict[str, Any] = {"/": "Ollama is running", "/api/version": {"version": VERSION}}
        self._send(200, answers.get(self.path, {"models": [loaded if self.path == "/api/ps" else model]}))

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/api/generate":
            return self._send(200, {"done": True})
        if self.path == "/api/show":
            return self._send(200, {"capabilities": ["completion", "tools"], "model_info": {}})
        if not body.get("stream"):
            return self._send(200, {"choices": [{"message": {"content": "x"}}], "usage": {"prompt_tokens": 20000}})
        self._stream(
            self._next() if "greeting.txt" in json.dumps(body) else [said("Hello, I am a model that follows a script.")]
        )

    def _next(self) -> list[Piece] | str:
        if not self.script:
            time.sleep(60)
            return [said("too late")]
        return self.script.pop(0) if len(self.script) > 1 else self.script[0]

    def _stream(self, answer: list[Piece] | str) -> None:
        if isinstance(answer, str):
            return self._send(500, {"error": {"message": answer, "type": "api_error", "param": None, "code": None}})
        calls = any("tool_calls" in piece for piece in answer)
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for piece in answer:
            self._piece({"choices": [{"index": 0, "delta": {"role": "assistant", **piece}, "finish_reason": None}]})
        self._piece({"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls" if calls else "stop"}]})
        self._piece({"choices": [], "usage": {"prompt_tokens": self.read, "completion_tokens": 20, "total_tokens": 0}})
        self.wfile.write(b"data: [DONE]\n\n")
        return None

    def _piece(self, document: dict[str, Any]) -> None:
        whole = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": NAME, **document}
        self.wfile.write(f"data: {json.dumps(whole)}\n\n".encode())

    def _send(self, status: int, value: Any) -> None:
        body = (value if isinstance(value, str) else json.dumps(value)).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(body)


@contextlib.contextmanager
def scripted(script: str | list[Any], read: int = 4000, window: int = 32768, port: int = 0) -> Iterator[int]:
    """The port of a server whose model does this, and counts so many tokens read."""
    own = {"script": list(SCRIPTS[script] if isinstance(script, str) else script), "read": read, "window": window}
    server = ThreadingHTTPServer(("127.0.0.1", port), type("Handler", (_Handler,), own))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
