"""Windows' time on loopback, for a Python anywhere: this folder on PYTHONPATH, or `apply(monkeypatch.setattr)`.

A closed port is refused there only after five SYNs, 2.0 s (https://github.com/curl/curl/issues/14144; the median of
windows-latest is 2011 ms, https://github.com/libuv/libuv/issues/2896), and `localhost` is `::1` before it is 127.0.0.1.
Here nothing listens on `::1`, as with an Ollama that has its default address.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from typing import Any

REFUSAL_SECONDS = 2.03
ANY = (0, socket.AF_INET6)


def apply(patch: Callable[[Any, str, Any], None]) -> None:
    """Put it in place by `patch(owner, name, value)`."""
    connect, getaddrinfo = socket.socket.connect, socket.getaddrinfo

    def connect_late(self: socket.socket, address: Any) -> None:
        began = time.monotonic()
        try:
            if self.family == socket.AF_INET6:
                raise ConnectionRefusedError(10061, "refused")
            connect(self, address)
        except ConnectionRefusedError:
            limit = self.gettimeout()
            if limit is not None and limit < REFUSAL_SECONDS:
                time.sleep(limit)
                raise TimeoutError("timed out") from None
            time.sleep(max(0.0, REFUSAL_SECONDS - (time.monotonic() - began)))
            raise

    def six_first(host: Any, port: Any, *args: Any, **options: Any) -> Any:
        family = args[0] if args else options.get("family", 0)
        if host not in ("localhost", b"localhost") or family not in ANY:
            return getaddrinfo(host, port, *args, **options)
        six = (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::1", int(port or 0), 0, 0))
        return [six, *getaddrinfo("127.0.0.1", port, *args, **options)]

    patch(socket.socket, "connect", connect_late)
    patch(socket, "getaddrinfo", six_first)


if __name__ == "sitecustomize":
    apply(setattr)
