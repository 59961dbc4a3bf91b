"""`python -m tests.fix_journey HOME REPORTS`: from a bare home to the first chat and back, in a network that ends here.

Run below `unshare -rnpf --mount-proc`: port 11434 is free there, no other Ollama is seen, and nothing can leave.
Prints one JSON object: for each run its exit code, output and result, and the home before and after.
"""
from __future__ import annotations

import fcntl
import json
import os
import socket
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

from fixtures import children
from fixtures.mirror import Mirror
from fixtures.mirror_shelf import RehearsalShelf
from tests.conftest import ROOT, checks_command
from tests.fix_homes import tree

RUNS = {"plan": ["--fix-plan"], "fix": ["--fix"], "again": ["--fix"], "verify": [], "undo": ["--undo"]}


def loopback_up() -> None:
    """A new network namespace has its loopback down; `ip` need not be installed."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh", b"lo", 0x41))  # SIOCSIFFLAGS: up and running


def journey(home: Path, reports: Path) -> dict[str, Any]:
    mirror = Mirror(RehearsalShelf(dict(os.environ), reports / "shelf")).start()
    env = {"HOME": str(home), "PATH": f"{home}/.local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT),
           "PYTHONDONTWRITEBYTECODE": "1", "OLLAMA_CHECKPOINTS_CACHE": str(reports / "cache")}
    told: dict[str, Any] = {"bare": tree(home)}
    for name, options in RUNS.items():
        more = [] if name in ("verify", "undo") else [f"--mirror={mirror.url}"]
        argv = checks_command(reports / name, *options, *more, "--lang=en")
        done = subprocess.run(argv, env=env, cwd=home.parent, capture_output=True, text=True, timeout=600)
        result = json.loads((reports / name / "result.json").read_text(encoding="utf-8"))
        told[name] = {"code": done.returncode, "out": done.stdout + done.stderr, "result": result, "home": tree(home)}
    return told


if __name__ == "__main__":
    if os.getpid() == 1:
        loopback_up()
    with children.open_run():
        Path(sys.argv[2]).mkdir(exist_ok=True)
        print(json.dumps(journey(Path(sys.argv[1]), Path(sys.argv[2]))))
