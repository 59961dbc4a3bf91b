"""`python -m tests.support.fix_journey HOME REPORTS [MOMENTS]`: from a bare home to the first chat and back, in a
network that ends here.

Run below `unshare -rnpf --mount-proc`: port 11434 is free there, no other Ollama is seen, and nothing can leave.
Prints one JSON object: for each run its exit code, output and result, and the home before and after. With MOMENTS, a
list instead: that many times `--fix` is killed at a random moment, run again, and taken back.
"""
from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil

from fixtures.mirror.server import Mirror
from fixtures.mirror.shelf import RehearsalShelf
from fixtures.system import children
from tests.conftest import ROOT, checks_command
from tests.support.fix_homes import config_of, tree
from tests.support.loopback_up import loopback_up
from tests.support.system_path import system_path

RUNS = {"plan": ["--fix-plan"], "fix": ["--fix"], "again": ["--fix"], "verify": [], "undo": ["--undo"]}


class Journey:
    """A home, and a mirror in the room that has what it lacks."""

    def __init__(self, home: Path, reports: Path) -> None:
        self.home, self.reports = home, reports
        self.mirror = Mirror(RehearsalShelf(dict(os.environ), reports / "shelf")).start()
        self.env = {"HOME": str(home), "PATH": f"{home}/.local/bin:{system_path()}", "LANG": "C.UTF-8",
                    "PYTHONPATH": str(ROOT),
                    "PYTHONDONTWRITEBYTECODE": "1", "OLLAMA_CHECKPOINTS_CACHE": str(reports / "cache")}

    def command(self, name: str, *options: str) -> list[str]:
        more = [f"--mirror={self.mirror.url}"] if "--fix" in options or "--fix-plan" in options else []
        return checks_command(self.reports / name, *options, *more, "--lang=en")

    def run(self, name: str, *options: str) -> dict[str, Any]:
        argv = self.command(name, *options)
        done = subprocess.run(argv, env=self.env, cwd=self.home.parent, capture_output=True, text=True, timeout=600)
        result = json.loads((self.reports / name / "result.json").read_text(encoding="utf-8"))
        return {"code": done.returncode, "out": done.stdout + done.stderr, "result": result, "home": tree(self.home)}

    def kill(self, seconds: float) -> bool:
        """Kill a `--fix` after so many seconds; whether it was still at work."""
        process = subprocess.Popen(self.command("killed", "--fix"), env=self.env, cwd=self.home.parent,
                                   stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL, start_new_session=True)
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        return process.wait() == -signal.SIGKILL

    def config(self) -> str | None:
        file = config_of(self.home)
        return file.read_text(encoding="utf-8") if file.exists() else None

    def servers(self) -> list[str]:
        """Ollama's processes that still run."""
        found = psutil.process_iter(["name", "status"])
        return [one.info["name"] for one in found if one.info["name"] in ("ollama", "llama-server")
                and one.info["status"] != "zombie"]


def there_and_back(journey: Journey) -> dict[str, Any]:
    told: dict[str, Any] = {"bare": tree(journey.home)}
    return told | {name: journey.run(name, *options) for name, options in RUNS.items()}


def killed(journey: Journey, moments: int) -> list[dict[str, Any]]:
    """The first two `--fix` are left alone: the mirror has packed its archives, and how long one takes is known."""
    for _ in range(2):
        began = time.monotonic()
        journey.run("whole", "--fix")
        whole, new = time.monotonic() - began, journey.config()
        journey.run("undo", "--undo")
    draw, told = random.Random(moments), []
    for number in range(moments):  # one in each part of the way: of two drawn anywhere both can come after its end
        seconds = max(0.05, (number + draw.random()) / moments) * whole
        was_killed = journey.kill(seconds)
        config = journey.config()
        again, undo = journey.run("again", "--fix"), journey.run("undo", "--undo")
        told.append({"seconds": seconds, "killed": was_killed, "whole": config in (None, new), "again": again,
                     "undo": undo,
                     "servers": journey.servers()})
        for left in psutil.Process().children(recursive=True):  # the killed run's own OpenCode
            left.kill()
    return told


if __name__ == "__main__":
    if os.getpid() == 1:
        loopback_up()
    with children.open_run():
        Path(sys.argv[2]).mkdir(exist_ok=True)
        made = Journey(Path(sys.argv[1]), Path(sys.argv[2]))
        print(json.dumps(killed(made, int(sys.argv[3])) if sys.argv[3:] else there_and_back(made)))
