"""A plugin for the runs that tests start: every address that the run connects to, a line each, in the file CONNECTS."""
from __future__ import annotations

import os
import sys


def _note(event: str, arguments: tuple[object, ...]) -> None:
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        where = arguments[1] if event != "socket.getaddrinfo" else arguments[:2]
        with open(os.environ["CONNECTS"], "a", encoding="utf-8") as file:
            file.write(f"{event} {where}\n")


sys.addaudithook(_note)
