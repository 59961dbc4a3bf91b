"""How a run ends from outside: a closed window and a cancelled job like Ctrl-C."""
from __future__ import annotations

import signal
from collections.abc import Mapping
from typing import Any


def take_over() -> dict[signal.Signals, Any]:
    """From here on they interrupt the run; what they did before."""
    return {name: signal.signal(name, _interrupt) for name in _ends()}


def give_back(handlers: Mapping[signal.Signals, Any]) -> None:
    for name, handler in handlers.items():
        signal.signal(name, handler)


def _ends() -> list[signal.Signals]:
    """A closed window or a cancelled job, besides Ctrl-C."""
    return [getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)]


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt(signal.Signals(number).name)
