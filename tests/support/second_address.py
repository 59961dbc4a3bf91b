"""In a network namespace of its own: a machine with a second address, a real Ollama, and what `server-exposed` says.

`python -m tests.support.second_address OLLAMA FOLDER LISTEN ORIGINS [four] [six]` prints the judgement as JSON.
"""
from __future__ import annotations

import json
import os
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

from checks.judging.graph import checks
from fixtures.facts.facts import Facts
from fixtures.system.setup import Setup
from tests.support.loopback_up import loopback_up

FOUR, SIX = "192.0.2.7", "2001:db8::7"
"""Addresses of the documentation (RFC 5737, RFC 3849)."""
PORT = 11434


def add_four() -> None:
    """On an alias of loopback: the kernel takes it for an address of this machine, as any other."""
    import fcntl

    name, family = b"lo:1", struct.pack("H2x4s8x", socket.AF_INET, socket.inet_aton(FOUR))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, 0x8916, struct.pack("16s16s", name, family))  # SIOCSIFADDR


def add_six() -> None:
    import fcntl  # late: on Windows the names above are read all the same

    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sIi", socket.inet_pton(socket.AF_INET6, SIX), 128, socket.if_nametoindex("lo"))
        fcntl.ioctl(any_socket, 0x8916, request)


def judged(folder: Path, env: dict[str, str]) -> dict[str, object]:
    """What the check finds, once Ollama answers."""
    facts = Facts(Setup(env, folder, folder, "rehearse", port=PORT), lambda machine: "none")
    for _ in range(300):
        facts.forget()
        facts.assume("serve", None)
        if facts.server.state == "ollama":
            break
        time.sleep(0.2)
    finding = checks()["server-exposed"].judge(facts)
    return {"server": facts.server.state, "status": finding.status, "pitfall": finding.pitfall,
            "found": finding.found.en, "values": {key: str(value) for key, value in finding.values.items()}}


def main(ollama: str, folder: str, listen: str, origins: str, *more: str) -> None:
    loopback_up()
    for name, add in (("four", add_four), ("six", add_six)):
        if name in more:
            add()
    env = {"HOME": folder, "PATH": os.environ["PATH"]}
    server = {**env, "OLLAMA_HOST": listen, "OLLAMA_NO_CLOUD": "1", **({"OLLAMA_ORIGINS": origins} if origins else {})}
    with subprocess.Popen([ollama, "serve"], env=server, cwd=folder, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as running:
        try:
            print(json.dumps(judged(Path(folder), env)))
        finally:
            running.kill()


if __name__ == "__main__":
    main(*sys.argv[1:])
