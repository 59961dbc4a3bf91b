"""In the place of ollama.exe: answers as a server that knows one model once it was pulled, and reaches nobody."""
from __future__ import annotations

import json
import os
import sys
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

VERSION = "0.34.0"
SIZE = 400_000_000
STORE = Path("C:\\stand-ins\\models.json")
"""Names and digests of what was pulled."""


def models() -> dict[str, str]:
    return dict(json.loads(STORE.read_text(encoding="utf-8"))) if STORE.is_file() else {}


def keep(found: dict[str, str]) -> None:
    STORE.write_text(json.dumps(found), encoding="utf-8")


def listed(loaded: bool = False) -> dict[str, Any]:
    more = (
        {"size_vram": 0, "expires_at": "2040-01-01T00:00:00Z"} if loaded else {"capabilities": ["completion", "tools"]}
    )
    return {"models": [{"name": name, "model": name, "digest": digest, "size": SIZE, "context_length": 65536, **more}
                       for name, digest in models().items()]}


class Answers(BaseHTTPRequestHandler):
    """What the suite and OpenCode ask an Ollama."""

    def log_message(self, *args: object) -> None:
        """Silent."""

    def body(self) -> dict[str, Any]:
        return dict(json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}"))

    def parse_request(self) -> bool:
        """A web page of somebody's is refused, as by the real one (server/routes.go, AllowOrigins)."""
        if not super().parse_request():
            return False
        origin = self.headers.get("Origin", "http://localhost")
        if not origin.startswith(("http://localhost", "http://127.0.0.1")):
            self.send("", 403)
            return False
        return True

    def send(self, value: Any, status: int = 200) -> None:
        body = (value if isinstance(value, str) else json.dumps(value)).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        told = {"/": "Ollama is running", "/api/version": {"version": VERSION}, "/api/tags": listed(),
                "/api/ps": listed(loaded=True)}
        self.send(told[self.path]) if self.path in told else self.send("404 page not found", 404)

    def do_HEAD(self) -> None:
        self.send("")

    def do_DELETE(self) -> None:
        found, name = models(), self.body()["model"]
        found.pop(name, None)
        keep(found)
        self.send("")

    def do_POST(self) -> None:
        body, path = self.body(), self.path
        if path == "/api/pull":
            keep({**models(), body["model"]: "5" * 64})
            self.send('{"status": "pulling manifest"}\n{"status": "success"}\n')
        elif path == "/api/show":
            details = {"capabilities": ["completion", "tools"], "model_info": {"llama.context_length": 65536}}
            self.send(details) if body["model"] in models() else self.send({"error": "model not found"}, 404)
        elif path == "/v1/chat/completions":
            self.chat()
        else:
            self.send({"done": True})

    def chat(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for word in ("I am a small model. ", "I run on this machine. ", "Nothing leaves it."):
            self.wfile.write(f"data: {json.dumps({'choices': [{'delta': {'content': word}}]})}\n\n".encode())
            time.sleep(0.05)
        self.wfile.write(b"data: [DONE]\n\n")


def main() -> None:
    host, _, port = os.environ.get("OLLAMA_HOST", "127.0.0.1:11434").rpartition(":")
    if sys.argv[1:] == ["serve"]:
        ThreadingHTTPServer((host, int(port)), Answers).serve_forever()
    try:
        urllib.request.urlopen(f"http://{host}:{port}/api/version", timeout=5).close()
        print(f"ollama version is {VERSION}")
    except OSError:
        print(f"Warning: could not connect to a running Ollama instance\nWarning: client version is {VERSION}")


if __name__ == "__main__":
    main()
