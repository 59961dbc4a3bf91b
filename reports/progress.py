"""Says what the run is waiting for, once that takes longer than a second."""
from __future__ import annotations

import contextlib
import os
import threading
import time
from typing import TextIO

from fixtures.system.sentences import Text
from fixtures.system.waits import Wait, current, listeners

PATIENCE = 1.0
"""Seconds before a wait is worth a word."""
REPEAT = 30.0
"""Seconds between two lines about the same download, where no line can be rewritten."""


class Progress:
    """A thread that writes past pytest's capture: a line that is rewritten on a terminal, one a wait elsewhere."""

    def __init__(self, lang: str, out: TextIO) -> None:
        self.lang = lang
        self.out = out
        self.live = out.isatty()
        self._columns = 0
        """Of the line that stands there now and is to be written over."""
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        self._told: Wait | None = None
        self._next = 0.0

    def start(self) -> None:
        if self._thread is None:
            listeners.append(self._say)
            self._thread = threading.Thread(target=self._run, daemon=True, name="progress")
            self._thread.start()

    def stop(self) -> None:
        self._over.set()
        if self._thread:
            self._thread.join()
            self._thread = None
            listeners.remove(self._say)

    def _say(self, step: Text) -> None:
        """A step of a preparation, on a line that stays."""
        self._erase()
        self._write(f"  {getattr(step, self.lang)}\n")

    def _run(self) -> None:
        while not self._over.wait(0.25):
            wait = current()
            if wait and time.monotonic() - wait.began >= PATIENCE:
                self._tell(wait)
            elif self._told:
                self._erase()
        self._erase()

    def _tell(self, wait: Wait) -> None:
        took = time.monotonic() - wait.began
        if not self.live and wait is self._told and not (wait.so_far and took >= self._next):
            return
        self._told, self._next = wait, took + REPEAT
        text = f"  {self._how_far(wait, took)}"
        if self.live:
            self._rewrite(text)
        else:
            self._write(f"{text}\n")

    def _rewrite(self, text: str) -> None:
        """Blanks cover what was longer: an older Windows console shows a control sequence as signs."""
        from reports.screen import columns, cut

        room = os.get_terminal_size(self.out.fileno()).columns - 1  # a longer line cannot be rewritten
        text = cut(text, max(20, room))
        before, self._columns = self._columns, columns(text)
        self._write(f"\r{text}{' ' * (before - self._columns)}")

    def _how_far(self, wait: Wait, took: float) -> str:
        from reports.words import words

        if wait.so_far:
            return str(getattr(wait.so_far(), self.lang))
        waits = words.terminal("wait", what=wait.reason, took=f"{took:.0f}", limit=_span(wait.limit))
        return str(getattr(waits, self.lang))

    def _erase(self) -> None:
        if self.live and self._told:
            self._write(f"\r{' ' * self._columns}\r")
            self._columns = 0
        self._told = None

    def _write(self, text: str) -> None:
        with contextlib.suppress(OSError, ValueError):  # whoever reads has gone
            self.out.write(text)
            self.out.flush()


def _span(seconds: float) -> Text:
    """120 -> 2 min."""
    from reports.words import words

    if seconds >= 90:
        return words.terminal("minutes", minutes=f"{seconds / 60:.0f}")
    return words.terminal("seconds", seconds=f"{seconds:.0f}")
