"""`python -m tests.differential.typed CASES OUT`: a sentence is typed into OpenCode's own screen, all offline.

Run below `unshare -rnpf --mount-proc`, as `live`; what comes of it is the provider that its log names. CASES and OUT
hold a JSON object a line.
"""
from __future__ import annotations

import contextlib
import json
import os
import re
import select
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from fixtures.facts.facts import Facts
from fixtures.system import children
from fixtures.system.setup import Setup
from tests.differential.live import Bench, way_out
from tests.differential.world import Case

STREAM = re.compile(r'message="?stream"? providerID=(\S+) modelID=(\S+)')
READY = re.compile(rb"Ask anything")
SECONDS = 90.0
ANSWERS = {b"\x1b[6n": b"\x1b[1;1R", b"\x1b[c": b"\x1b[?62;c"}
"""What a terminal says when it is asked where its cursor is, and what it can do."""
OFF = {"OPENCODE_DISABLE_MODELS_FETCH": "1", "OPENCODE_DISABLE_AUTOUPDATE": "1", "npm_config_offline": "true",
       "TERM": "xterm-256color"}


def typed(bench: Bench, case: Case) -> str:
    """Provider and model that the first sentence went to; "" where the log names none in time."""
    with bench.person(case) as (folder, env):
        import pty

        process, screen = pty.fork()
        if process == 0:
            os.chdir(folder / "project")
            os.execve(bench.opencode, ["opencode"], env | OFF)
        _size(screen)
        try:
            return _watched(screen, folder / "home/.local/share/opencode/log/opencode.log")
        finally:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
            os.close(screen)


def _size(screen: int, lines: int = 40, columns: int = 120) -> None:
    import termios

    termios.tcsetwinsize(screen, (lines, columns))


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


def told(bench: Bench, case: Case) -> str:
    """What the suite says that the screen opens on."""
    with bench.person(case) as (folder, env), children.open_run():
        setup = Setup(env, folder / "home", folder / "project", "rehearse", cache=bench.folder / "cache")
        screen = Facts(setup, lambda machine: "qwen2.5-coder:7b").screen
        return screen.chosen if screen else ""


def main(cases: Path, output: Path) -> None:
    way_out()
    with tempfile.TemporaryDirectory() as folder, output.open("a", encoding="utf-8") as out, children.open_run():
        bench = Bench(Path(folder))
        for line in cases.read_text(encoding="utf-8").splitlines():
            case = Case(**json.loads(line))
            bench.serve(case.models)
            found: dict[str, Any] = {"name": case.name, "told": told(bench, case), "typed": typed(bench, case)}
            out.write(json.dumps(found) + "\n")
            out.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
