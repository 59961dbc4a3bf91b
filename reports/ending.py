"""How a run ends from outside: a closed window and a cancelled job like Ctrl-C."""
from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator, Mapping
from typing import Any


def take_over() -> dict[signal.Signals, Any]:
    """From here on they interrupt the run; what they did before."""
    return {name: signal.signal(name, _interrupt) for name in _ends()}


def give_back(handlers: Mapping[signal.Signals, Any]) -> None:
    for name, handler in handlers.items():
        signal.signal(name, handler)


@contextlib.contextmanager
def held() -> Iterator[None]:
    """The verdict is said and the page written, a tenth of a second: no signal breaks that off, Ctrl-C included."""
    before = {name: signal.signal(name, lambda number, frame: None) for name in (signal.SIGINT, *_ends())}
    try:
        yield
    finally:
        give_back(before)


def _ends() -> list[signal.Signals]:
    """A closed window or a cancelled job, besides Ctrl-C."""
    return [getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)]


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt(signal.Signals(number).name)
