"""A real Chromium without any network, spoken to over a pipe in its DevTools protocol."""
from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.support.npm_package import installed

AXE = "axe-core@4.10.3"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)
READING = 60
"""Seconds for one answer of a browser on a busy machine."""


class Browser:
    """One page of a running Chromium; `requests` holds every address it has asked for."""

    def __init__(self, commands: int, answers: int) -> None:
        self._commands, self._answers = os.fdopen(commands, "wb", buffering=0), os.fdopen(answers, "rb")
        self._last, self._session, self._left = 0, "", b""
        self.requests: list[str] = []
        self.loaded = False
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network"):
            self.send(f"{domain}.enable")

    def send(self, method: str, **values: Any) -> dict[str, Any]:
        """The answer; what happens meanwhile is noted."""
        self._last += 1
        message = {
            "id": self._last,
            "method": method,
            "params": values,
            **({"sessionId": self._session} if self._session else {}),
        }
        self._commands.write(json.dumps(message).encode() + b"\0")
        while (answer := self._next()).get("id") != self._last:
            self._note(answer)
        assert "error" not in answer, answer
        return dict(answer["result"])

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._left:
            part = self._answers.raw.read(1 << 20)
            assert part, "the browser has ended"
            self._left += part
        message, _, self._left = self._left.partition(b"\0")
        return dict(json.loads(message))

    def _note(self, event: dict[str, Any]) -> None:
        if event.get("method") == "Network.requestWillBeSent":
            self.requests.append(event["params"]["request"]["url"])
        self.loaded = self.loaded or event.get("method") == "Page.loadEventFired"

    def open(self, page: Path, width: int = 1200, dark: bool = False, scripts: bool = False) -> None:
        """Without scripts, as the page must not need any; with them, to see whether a foreign one would run."""
        self.send("Emulation.setScriptExecutionDisabled", value=not scripts)
        self.send(
            "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 600
        )
        self.media("", dark)
        self.requests.clear()
        self.loaded = False
        self.send("Page.navigate", url=page.absolute().as_uri())
        while not self.loaded:
            self._note(self._next())
        self.send("Emulation.setScriptExecutionDisabled", value=False)  # for the questions below, not for the page

    def media(self, kind: str, dark: bool = False) -> None:
        features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.send("Emulation.setEmulatedMedia", media=kind, features=features)

    def ask(self, expression: str) -> Any:
        """The value of a JavaScript expression, waited for where it is a promise."""
        done = self.send("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in done, done["exceptionDetails"]
        return done["result"].get("value")

    def print(self, file: Path) -> None:
        file.write_bytes(base64.b64decode(self.send("Page.printToPDF", printBackground=True)["data"]))

    def faults(self) -> list[str]:
        """What axe-core finds wrong, with where."""
        self.ask(axe())
        found = self.ask(
            "axe.run().then(r => r.violations.map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.html).join(' | ')))"
        )
        return list(found)


@contextmanager
def chromium(profile: Path) -> Iterator[Browser]:
    """Started in a network of its own, with nothing in it, where this system lets us."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.skip("no Chromium on PATH: apt-get install chromium")
    if os.name == "nt":
        pytest.skip("Windows hands no numbered descriptors to a program: run it on Linux or macOS")
    import fcntl

    to_read, commands = (fcntl.fcntl(end, fcntl.F_DUPFD, 20) for end in os.pipe())
    answers, to_write = (fcntl.fcntl(end, fcntl.F_DUPFD, 20) for end in os.pipe())

    def ends() -> None:
        os.dup2(to_read, 3)
        os.dup2(to_write, 4)

    argv = [*_alone(), program, *QUIET, f"--user-data-dir={profile}"]
    child = subprocess.Popen(
        argv, pass_fds=(3, 4), preexec_fn=ends, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    os.close(to_read)
    os.close(to_write)
    try:
        yield Browser(commands, answers)
    finally:
        child.kill()
        child.wait()


@cache
def _alone() -> tuple[str, ...]:
    prefix = ("unshare", "--map-root-user", "--net")
    works = shutil.which("unshare") and subprocess.run([*prefix, "true"], capture_output=True).returncode == 0
    return prefix if works else ()


def axe() -> str:
    """axe-core's source."""
    return (installed(AXE) / "axe.min.js").read_text(encoding="utf-8")
