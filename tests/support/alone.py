"""A plugin for the runs that tests start: whoever has an Ollama on this machine, the run does not see it."""
from __future__ import annotations

import contextlib
import socket
from dataclasses import replace

import psutil
import pytest

from fixtures.sandbox import session
from fixtures.system import machine
from fixtures.system.setup import Setup

CLOSED = 9
"""Nobody listens there (RFC 863); in place of Ollama's port only where somebody does: remedies name it."""
_open_setup = session.open_setup


def _without_the_others(config: pytest.Config) -> Setup:
    setup = _open_setup(config)
    return replace(setup, port=CLOSED) if setup.target == "machine" and _is_taken(setup.port) else setup


def _is_taken(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def _is_of_this_home(process: psutil.Process, setup: Setup) -> bool:
    with contextlib.suppress(psutil.Error, OSError):
        env = process.environ()
        return (env.get("HOME") or env.get("USERPROFILE")) == str(setup.home)
    return False


session.open_setup = _without_the_others
machine._belongs = _is_of_this_home
