"""A room on loopback, as `python -m fixtures.mirror --room=FOLDER` opens it, and what is handed in there."""
from __future__ import annotations

import http.client
import json
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fixtures.mirror.room import RoomMirror
from fixtures.mirror.shelf import Shelf
from fixtures.room.desk import Desk
from fixtures.room.profile import Profile
from tests.support import result_samples as samples


def open_room(folder: Path, profile: Profile | None = None, **options: Any) -> RoomMirror:
    """A room with nothing to download."""
    (folder / "models").mkdir(parents=True, exist_ok=True)
    shelf = Shelf(folder / "models", folder / "archives")
    server = RoomMirror(shelf, Desk(folder / "hand-ins", profile or Profile()), **options)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return server


def body(seat: str | None = "A3", seconds: float = 1.0) -> bytes:
    """A result of that seat; another one for other seconds."""
    return json.dumps({**samples.stopped_server(), "seat": seat, "seconds": seconds,
                       "started": "2026-11-26T09:00:00+00:00"}).encode()


@dataclass(frozen=True, slots=True)
class Answered:
    status: int
    told: Any

    @property
    def key(self) -> str | None:
        """Of the sentence by which it was refused."""
        return self.told["error"]["key"] if isinstance(self.told, dict) and "error" in self.told else None


def ask(server: RoomMirror, method: str, path: str, data: bytes | None = None, **headers: str) -> Answered:
    """One request, on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", int(server.server_address[1]), timeout=30)
    try:
        connection.request(method, path, data, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        text = answer.read().decode()
    finally:
        connection.close()
    try:
        return Answered(answer.status, json.loads(text))
    except ValueError:
        return Answered(answer.status, text)


def put(server: RoomMirror, data: bytes, machine: str = "", code: str | None = None) -> Answered:
    return ask(server, "PUT", f"/{server.desk.code if code is None else code}", data,
               **({"X_Machine": machine} if machine else {}))


def kept(server: RoomMirror) -> list[dict[str, Any]]:
    """Every result in the room's folder."""
    return [json.loads(file.read_bytes()) for file in sorted(server.desk.folder.glob("*/history/*.json"))]
