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
    """A thread that writes past pytest's capture: one line that is rewritten on a terminal, one line a wait elsewhere."""

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
        text = f"  {wait.reason.en}, {took:.0f} s (up to {_span(wait.limit)[0]})"
        if self.lang == "zh":
            text = f"  {wait.reason.zh}，{took:.0f} 秒（最多 {_span(wait.limit)[1]}）"
        if wait.so_far:
            text = f"  {getattr(wait.so_far(), self.lang)}"
        if self.live:
            self._rewrite(text)
        else:
            self._write(f"{text}\n")

    def _rewrite(self, text: str) -> None:
        """Blanks cover what was longer: an older Windows console shows a control sequence as signs."""
        from reports.screen import columns, cut

        text = cut(text, max(20, os.get_terminal_size(self.out.fileno()).columns - 1))  # a longer line cannot be rewritten
        before, self._columns = self._columns, columns(text)
        self._write(f"\r{text}{' ' * (before - self._columns)}")

    def _erase(self) -> None:
        if self.live and self._told:
            self._write(f"\r{' ' * self._columns}\r")
            self._columns = 0
        self._told = None

    def _write(self, text: str) -> None:
        with contextlib.suppress(OSError, ValueError):  # whoever reads has gone
            self.out.write(text)
            self.out.flush()


def _span(seconds: float) -> tuple[str, str]:
    """120 -> 2 min."""
    return (f"{seconds / 60:.0f} min", f"{seconds / 60:.0f} 分钟") if seconds >= 90 else (f"{seconds:.0f} s", f"{seconds:.0f} 秒")
