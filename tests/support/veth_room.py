"""Two network namespaces with a wire between them and nothing else: a mirror in one, a learner in the other.

`python -m tests.support.veth_room KIT HOME WORDS…`, below `unshare -rmnpf --mount-proc`: serves the kit with a room in
HOME's neighbour `hand-ins`, and types the line that the mirror prints for Linux, with these words in place of its own.
The learner's Python is the system's. Prints what the mirror and the learner's run printed, as JSON.
"""
from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PORT = 11480
MIRROR, LEARNER = "10.77.0.1", "10.77.0.2"


def wire() -> subprocess.Popen[bytes]:
    """A process whose network namespace is the learner's."""
    learner = subprocess.Popen(["unshare", "-n", "sleep", "3600"])
    time.sleep(0.5)
    inside = ["nsenter", "-t", str(learner.pid), "-n"]
    for line in ("ip link set lo up", f"ip link add room type veth peer name seat netns {learner.pid}",
                 f"ip addr add {MIRROR}/24 dev room", "ip link set room up"):
        subprocess.run(line.split(), check=True)
    for line in ("ip link set lo up", f"ip addr add {LEARNER}/24 dev seat", "ip link set seat up"):
        subprocess.run([*inside, *line.split()], check=True)
    return learner


def serve(kit: Path, folder: Path, log: Path) -> subprocess.Popen[bytes]:
    argv = [sys.executable, "-P", "-m", "fixtures.mirror", str(kit), f"--room={folder}", "--lang=en"]
    with log.open("wb") as out:
        process = subprocess.Popen(argv, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=out,
                                   stderr=subprocess.STDOUT)
    for _ in range(200):
        if "Ctrl-C" in log.read_text(encoding="utf-8") or process.poll() is not None:
            break
        time.sleep(0.1)
    return process


def main(kit: Path, home: Path, words: list[str]) -> dict[str, object]:
    learner, log = wire(), home.parent / "mirror.log"
    mirror = serve(kit, home.parent / "hand-ins", log)
    try:
        found = re.search(r"(python3 -c \".*\") --fix", log.read_text(encoding="utf-8"))
        line = f"{found[1] if found else 'false'} {' '.join(words)}"
        env = {"HOME": str(home), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
        began = time.monotonic()
        done = subprocess.run(["nsenter", "-t", str(learner.pid), "-n", "/bin/sh", "-c", line], env=env, cwd=home,
                              capture_output=True, encoding="utf-8", timeout=900)
        seconds = time.monotonic() - began
        time.sleep(6)  # the progress is told every few seconds
    finally:
        mirror.terminate()
        learner.kill()
    return {"code": done.returncode, "out": done.stdout, "err": done.stderr, "line": line, "seconds": seconds,
            "mirror": log.read_text(encoding="utf-8")}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])))
