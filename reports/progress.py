"""Says what the run is waiting for, once that takes longer than a second."""
from __future__ import annotations

import contextlib
import os
import threading
import time

from fixtures.system.sentences import Text
from fixtures.system.waits import Wait, current, listeners

PATIENCE = 1.0
"""Seconds before a wait is worth a word."""
REPEAT = 30.0
"""Seconds between two lines about the same download, where no line can be rewritten."""


class Progress:
    """A thread that writes past pytest's capture: one line that is rewritten on a terminal, one line a wait elsewhere."""

    def __init__(self, lang: str, stream: int) -> None:
        self.lang = lang
        self.stream = stream
        self.live = os.isatty(stream)
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
            from reports.screen import cut

            text = cut(text, max(20, os.get_terminal_size(self.stream).columns - 1))  # a longer line cannot be rewritten
        self._write(f"\r{text}\x1b[K" if self.live else f"{text}\n")

    def _erase(self) -> None:
        if self.live and self._told:
            self._write("\r\x1b[K")
        self._told = None

    def _write(self, text: str) -> None:
        with contextlib.suppress(OSError):
            os.write(self.stream, text.encode("utf-8" if self.lang == "zh" else "ascii", "replace"))


def _span(seconds: float) -> tuple[str, str]:
    """120 -> 2 min."""
    return (f"{seconds / 60:.0f} min", f"{seconds / 60:.0f} 分钟") if seconds >= 90 else (f"{seconds:.0f} s", f"{seconds:.0f} 秒")
