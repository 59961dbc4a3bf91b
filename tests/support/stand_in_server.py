"""A server that answers as Ollama does to what a check asks first."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Ollama(BaseHTTPRequestHandler):
    """Version, no models, and the front page's own sentence."""

    def do_GET(self) -> None:
        body = json.dumps({"version": "0.34.0", "models": []}).encode() if self.path != "/" else b"Ollama is running"
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Nothing on screen."""


@contextlib.contextmanager
def serving() -> Iterator[int]:
    """On 127.0.0.1 only, at that port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Ollama)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()
