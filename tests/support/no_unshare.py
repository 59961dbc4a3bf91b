"""`python -m tests.support.no_unshare COMMAND…`: the command in a process that may make no namespace.

A seccomp filter answers `unshare` with EPERM, as Docker's own does (man 2 seccomp; x86-64 and arm64).
"""
from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys

CALLS = {"x86_64": 272, "aarch64": 97}
"""The number of `unshare`."""


def forbid() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    steps = [
        (0x20, 0, 0, 0),
        (0x15, 0, 1, CALLS[platform.machine()]),
        (0x06, 0, 0, 0x00050001),
        (0x06, 0, 0, 0x7FFF0000),
    ]
    program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    filled = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(steps), ctypes.addressof(program)))
    if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, filled, 0, 0):
        raise OSError(ctypes.get_errno(), "no seccomp here")


if __name__ == "__main__":
    forbid()
    os.execvp(sys.argv[1], sys.argv[1:])
