"""A real Ollama with an empty home, and a mirror that does what real networks do.

`python -m tests.support.mirror_bench FOLDER`, below `unshare -rm`: the home is a small disk that something fills during
the download. Prints what the download came to then, and after there was room again.
"""
from __future__ import annotations

import contextlib
import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from fixtures.facts.facts import Facts
from fixtures.fix.journal import Journal
from fixtures.fix.server import server_env
from fixtures.fix.step import Case, FixFailed, Step, plan
from fixtures.mirror.server import Handler, Mirror
from fixtures.mirror.shelf import RehearsalShelf
from fixtures.ollama.store import blob, read_manifest
from fixtures.programs.programs import ProgramMissing, Programs
from fixtures.sandbox.model_store import wait_for
from fixtures.system import children, loopback
from fixtures.system.setup import Setup

NAME = "qwen2.5-coder:7b"


class Moody(Handler):
    """A mirror that does what real networks do, while `server.mood` says so; counts the bytes it gave away."""

    def body(self, file: Path, first: int, length: int) -> None:
        mood = self.server.mood  # type: ignore[attr-defined]
        if mood == "lies":
            data = bytearray(file.read_bytes()[first : first + length])
            data[len(data) // 2] ^= 1
            self.wfile.write(data)
            return
        whole = file.stat().st_size
        if mood == "disk fills" and whole > 1_000_000:
            self.server.mood = "sound"  # type: ignore[attr-defined]
            fill(self.server.home)  # type: ignore[attr-defined]
        if mood == "breaks once" and whole > 1_000_000:
            self.server.mood = "sound"  # type: ignore[attr-defined]
        stop = whole // 2 if mood in ("stalls", "drops", "breaks once") and whole > 1_000_000 else whole
        with file.open("rb") as source:
            source.seek(first)
            while length > 0 and source.tell() < stop and (
                piece := source.read(min(length, 1 << 18, stop - source.tell()))
            ):
                self.wfile.write(piece)
                self.server.sent += len(piece)  # type: ignore[attr-defined]
                length -= len(piece)
        if length and mood == "stalls":
            time.sleep(60)
        if length:
            self.close_connection = True
            self.connection.close()

    def _answer(self) -> None:
        if self.server.mood == "500" and "/v2/" in self.path:  # type: ignore[attr-defined]
            self.send_error(500)
        else:
            super()._answer()


def fill(disk: Path) -> None:
    """Use up a disk, as a browser's download or a log does."""
    with contextlib.suppress(OSError), (disk / "filler").open("wb", buffering=0) as file:
        while True:
            file.write(bytes(1 << 20))


class Bench:
    """A real Ollama of its own, an empty home, and a mirror with moods."""

    def __init__(self, folder: Path) -> None:
        programs = Programs(dict(os.environ))
        try:
            program = programs.ollama()
            self.mirror = Mirror(RehearsalShelf(dict(os.environ), folder / "shelf"), handler=Moody)
        except ProgramMissing as error:
            pytest.skip(f"no Ollama: {error.en}")
        home = folder / "home"
        home.mkdir(exist_ok=True)
        self.mirror.mood, self.mirror.sent, self.mirror.home = "sound", 0, home  # type: ignore[attr-defined]
        self.mirror.start()
        path = f"{program.parent}{os.pathsep}{os.defpath}"
        self.setup = Setup({"PATH": path, "HOME": str(home)}, home, folder, "rehearse", port=loopback.free_port())
        self.process = children.start([program, "serve"], server_env(self.setup), home, folder / "serve.log")
        wait_for(self.setup.default_url)

    @property
    def sent(self) -> int:
        return int(self.mirror.sent)  # type: ignore[attr-defined]

    def pull(self, mood: str) -> None:
        """One `--fix` of the missing model; the mood comes over the mirror once the step is planned."""
        self.mirror.mood = "sound"  # type: ignore[attr-defined]
        (step,) = self.steps()
        self.mirror.mood = mood  # type: ignore[attr-defined]
        journal = Journal(self.setup)
        try:
            step.take(journal)
        finally:
            journal.close()

    def steps(self) -> list[Step]:
        facts = Facts(self.setup, lambda machine: NAME)
        return plan(Case(facts, "model-downloaded", "model-not-downloaded", mirror=self.mirror.url))

    def listed(self) -> list[str]:
        answer: Any = loopback.request("GET", f"{self.setup.default_url}/api/tags").json()
        return [model["name"] for model in answer["models"] or []]

    def sound(self) -> bool:
        """Every layer of the model is what its digest says."""
        models = self.setup.ollama_models
        manifest = read_manifest(models, NAME) or {"layers": [{"digest": "none"}]}
        digests = [layer["digest"] for layer in manifest["layers"]]
        return all(digest == f"sha256:{hashlib.sha256(blob(models, digest).read_bytes()).hexdigest()}"
                   for digest in digests)


def on_a_small_disk(folder: Path) -> dict[str, Any]:
    """160 MB: room for the model, until something else takes it."""
    home = folder / "home"
    home.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=160m", "tmpfs", str(home)], check=True)
    bench, pitfall = Bench(folder), None
    try:
        bench.pull("disk fills")
    except FixFailed as failed:
        pitfall = failed.pitfall
    told = {"pitfall": pitfall, "listed": bench.listed(), "full": not os.statvfs(home).f_bavail}
    (home / "filler").unlink()
    bench.pull("sound")
    return told | {"after": bench.listed(), "sound": bench.sound()}


if __name__ == "__main__":
    with children.open_run():
        print(json.dumps(on_a_small_disk(Path(sys.argv[1]))))
