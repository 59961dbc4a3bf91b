"""A small disk that fills: the room's hand-ins, and a kit that is packed on it.

`python -m tests.support.full_disk FOLDER`, below `unshare -rm`, which makes the disks. Prints what came of it as JSON.
"""
from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from fixtures.mirror import wheels
from fixtures.mirror.pack import CannotPack
from fixtures.room.desk import Desk
from fixtures.room.profile import Profile
from fixtures.system import sums
from fixtures.system.setup import Setup
from reports.room import live
from reports.room.gather import Known
from tests.support import kit_bench
from tests.support.room_bench import ask, body, kept, open_room, put
from tests.support.small_kit import make_store

AT_ONCE = 20


def disk(folder: Path, size: str, again: bool = False) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    options = f"remount,size={size}" if again else f"size={size}"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], check=True)
    return folder


def fill(folder: Path) -> Path:
    """Whatever is left, to the last byte."""
    filler = folder / "somebody's film.mkv"
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        while file.write(b"\0" * 4096):
            pass
    return filler


def room(folder: Path) -> dict[str, Any]:
    """Two hand in, the disk fills, twenty hand in at once; then there is room again."""
    server = open_room(folder, Profile(help="raise your hand"))
    before = [put(server, body(seat), seat).status for seat in ("A1", "A2")]
    page = folder / "room.html"
    live.write(server.desk.folder, page, "zh", Known())
    shown, filler = page.read_bytes(), fill(folder)
    began = time.monotonic()
    refused, seconds = _at_once(server), time.monotonic() - began
    live.write(server.desk.folder, page, "zh", Known())
    told = {"before": before, "refused": sorted(set(refused)), "seconds": seconds, "kept while full": _seats(server),
            "profile": ask(server, "GET", f"/{server.desk.code}").status, "page": page.read_bytes() == shown,
            "again of A1": put(server, body("A1"), "A1").status,
            "half": [file.name for file in folder.rglob("*.part")]}
    filler.unlink()
    told["after"] = sorted(set(_at_once(server, refused=False)))
    told["kept"], code = len(_seats(server)), server.desk.code
    server.shutdown()
    server.desk.close()
    desk = Desk(folder / "hand-ins", Profile())
    told["opened again"] = desk.seats == AT_ONCE + 2 and desk.code == code
    return told


def _seats(server: Any) -> list[str]:
    return sorted(one["seat"] for one in kept(server))


def _at_once(server: Any, refused: bool = True) -> list[Any]:
    """Each on a machine of its own; the key of the sentence, or the status."""
    found: list[Any] = []

    def one(number: int) -> None:
        answer = put(server, body(f"B{number}"), f"machine {number}")
        found.append(answer.key if refused else answer.status)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return found


def pack(folder: Path) -> dict[str, Any]:
    """A stick that ends in the middle of the suite; room is made, and it goes on. Then a kit that cannot grow."""
    wheels.fetch = lambda *arguments: None
    wheels.fetch_pip = lambda *arguments: None  # type: ignore[assignment]
    publishers = kit_bench.Publishers(folder / "publishers")
    publishers.everything_small()
    make_store(folder / "store")
    env = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(folder), "OLLAMA_MODELS": str(folder / "store"),
           "OLLAMA_CHECKPOINTS_CACHE": str(folder / "cache"), "npm_config_registry": publishers.url}
    setup, disk_ = Setup(env=env, home=folder, project=folder), disk(folder / "stick", "600k")
    stick = disk_ / "kit"
    told: dict[str, Any] = {"said": _packed(stick, setup, publishers.url), "whole": (stick / sums.NAME).exists(),
                            "kept": sorted(one.name for one in stick.iterdir() if one.name in ("programs", "models"))}
    disk(disk_, "64m", again=True)
    told["again"], told["faults"] = _packed(stick, setup, publishers.url), list(sums.faults(stick, sums.read(stick)))
    _second_model(folder / "store")
    fill(disk_)
    told["grown"] = _packed(stick, setup, publishers.url)
    told["faults then"] = list(sums.faults(stick, sums.read(stick)))
    return told


def _packed(stick: Path, setup: Setup, url: str) -> str:
    """"" or the sentence."""
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            kit_bench.pack(stick, setup, url, ["linux-x86_64"])
        except CannotPack as error:
            return error.words.both
    return ""


def _second_model(store: Path) -> None:
    """Of four megabytes, under another name."""
    import hashlib

    data = b"\1" * 4_000_000
    digest = hashlib.sha256(data).hexdigest()
    (store / "blobs" / f"sha256-{digest}").write_bytes(data)
    layer = {"digest": f"sha256:{digest}", "size": len(data)}
    file = store / "manifests" / "registry.ollama.ai" / "library" / "llama3.2" / "3b"
    file.parent.mkdir(parents=True)
    config = {"digest": layer["digest"], "size": 0}
    file.write_text(json.dumps({"schemaVersion": 2, "config": config, "layers": [layer]}))


if __name__ == "__main__":
    place = Path(sys.argv[2])
    print(json.dumps(room(disk(place, "3m")) if sys.argv[1] == "room" else pack(place)))
