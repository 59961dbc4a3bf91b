"""`python -m tests.differential.typed CASES OUT`: a sentence is typed into OpenCode's own screen, all offline.

Run below `unshare -rnpf --mount-proc`, as `live`; what comes of it is the provider that its log names. CASES and OUT
hold a JSON object a line.
"""
from __future__ import annotations

import contextlib
import os
import re
import select
import signal
import sys
import time
from pathlib import Path
from typing import Any

from tests.differential.live import OFF, Bench, main
from tests.differential.world import Case

STREAM = re.compile(r'message="?stream"? providerID=(\S+) modelID=(\S+)')
READY = re.compile(rb"Ask anything")
SECONDS = 90.0
ANSWERS = {b"\x1b[6n": b"\x1b[1;1R", b"\x1b[c": b"\x1b[?62;c"}
"""What a terminal says when it is asked where its cursor is, and what it can do."""


def typed(bench: Bench, case: Case) -> str:
    """Provider and model that the first sentence went to; "" where the log names none in time."""
    with bench.person(case) as (folder, env):
        import pty
        import termios

        process, screen = pty.fork()
        if process == 0:
            os.chdir(folder / "project")
            os.execve(bench.opencode, ["opencode"], {**env, **OFF, "TERM": "xterm-256color"})
        termios.tcsetwinsize(screen, (40, 120))
        try:
            return _watched(screen, folder / "home/.local/share/opencode/log/opencode.log")
        finally:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
            os.close(screen)


def _watched(screen: int, log: Path) -> str:
    shown, sent, deadline = b"", 0.0, time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if select.select([screen], [], [], 0.1)[0]:
            shown += (new := os.read(screen, 65536))
            for question, answer in ANSWERS.items():
                if question in new:
                    os.write(screen, answer)
        if not sent and READY.search(shown):
            time.sleep(2)  # it takes keys a moment after it is drawn
            os.write(screen, b"hello")
            sent = time.monotonic()
        elif sent and time.monotonic() - sent > 1:
            os.write(screen, b"\r")
            sent = time.monotonic() + SECONDS
        with contextlib.suppress(OSError):
            if found := STREAM.search(log.read_text(encoding="utf-8", errors="replace")):
                return f"{found[1]}/{found[2]}"
    return ""


def compared(bench: Bench, case: Case) -> dict[str, Any]:
    """What the suite says that the screen opens on, and where the sentence went."""
    with bench.facts(case) as facts:
        told = facts.screen.chosen if facts.screen else ""
    return {"name": case.name, "told": told, "typed": typed(bench, case)}


if __name__ == "__main__":
    main(compared, Path(sys.argv[1]), Path(sys.argv[2]))
