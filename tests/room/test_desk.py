"""What is handed in to a room: kept once, under the seat it belongs to, whatever else comes meanwhile."""
from __future__ import annotations

import errno
import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from fixtures.mirror import room as handling
from fixtures.mirror.room import RoomMirror
from fixtures.room import desk as desks
from fixtures.room.desk import LARGEST, Desk, OccupiedFolder, place_of
from fixtures.room.profile import Profile
from fixtures.room.rate import BURST, Rate
from fixtures.system import whole_file
from reports.room.gather import gather
from tests.conftest import validator
from tests.support.room_bench import ask, body, kept, open_room, put


@pytest.fixture
def room(tmp_path: Path) -> Iterator[RoomMirror]:
    server = open_room(tmp_path)
    yield server
    server.shutdown()
    server.server_close()


def test_a_result_is_kept_and_read_by_the_room_page(room: RoomMirror) -> None:
    done = put(room, body("A3"), "one")
    assert (done.status, done.told) == (201, {"seat": "A3", "shared": False, "known": False})
    assert set(gather(room.desk.folder, "en").seats) == {"A3"}
    for result in kept(room):
        validator().validate(result)


def test_a_replay_adds_nothing_whoever_sends_it(room: RoomMirror) -> None:
    put(room, body("A3"), "one")
    again = put(room, body("A3"), "another machine")
    assert again.status == 200 and again.told == {"seat": "A3", "shared": False, "known": True} and len(kept(room)) == 1


def test_a_second_machine_takes_nobodys_seat(room: RoomMirror) -> None:
    put(room, body("A3", 1), "one")
    other = put(room, body("A3", 2), "two")
    own = put(room, body("A3", 3), "one")
    assert other.told["seat"] == "A3 (2)" and other.told["shared"] and own.told["seat"] == "A3"
    seats = gather(room.desk.folder, "en").seats
    assert {name: len(seat.runs) for name, seat in seats.items()} == {"A3": 1, "A3 (2)": 1}, "one start: one run"
    assert [result["seconds"] for result in kept(room) if result["seat"] == "A3 (2)"] == [2]


def test_who_gives_no_name_gets_a_number_and_keeps_it(room: RoomMirror) -> None:
    seats = [put(room, body(None, number), machine).told["seat"]
             for number, machine in enumerate(("one", "two", "one"))]
    assert seats == ["1", "2", "1"] and {result["seat"] for result in kept(room)} == {"1", "2"}


def test_a_room_with_named_seats_has_no_others(tmp_path: Path) -> None:
    server = open_room(tmp_path, Profile(seats=("A1", "A2")))
    assert put(server, body("A1")).status == 201 and put(server, body("B9"), "x").key == "no-such-seat"
    assert [result["seat"] for result in kept(server)] == ["A1"]
    server.shutdown()


@pytest.mark.parametrize("seat", ["../../etc/passwd", "a/b", "..", "CON", "x" * 5000, "<script>alert(1)</script>",
                                  "A\u202e3", "a\nb\x00c", "\ud800", " ", "名字", "=cmd()|calc"])
def test_a_hostile_name_stays_in_the_folder_and_in_its_line(room: RoomMirror, seat: str, tmp_path: Path) -> None:
    done = put(room, body(seat))
    assert done.status == 201 and len(done.told["seat"]) <= 64 and done.told["seat"].isprintable()
    everything = {path.relative_to(tmp_path).parts[0] for path in tmp_path.rglob("*")}
    assert everything == {"models", "hand-ins"} and len(gather(room.desk.folder, "en").seats) == 1
    assert place_of("a b") != place_of("a-b")


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"null", b"\xff\xfe", b'{"schema": 1}', b"[" * 100_000,
                                  json.dumps({"schema": 1, "suite": "x", "checks": []}).encode(),
                                  body().replace(b'"verdict"', b'"verdikt"', 1)])
def test_what_is_no_result_is_refused_in_a_sentence(room: RoomMirror, data: bytes) -> None:
    done = put(room, data)
    assert done.status == 422 and done.key == "no-result" and done.told["error"]["zh"] and not kept(room)


def test_a_hundred_megabytes_are_refused_before_they_are_read(room: RoomMirror) -> None:
    connection = socket.create_connection(("127.0.0.1", int(room.server_address[1])))
    connection.sendall(f"PUT /{room.desk.code} HTTP/1.1\r\nContent-Length: 100000000\r\n\r\n".encode() + b"x" * 100_000)
    assert b"too-large" in connection.makefile("rb").read()
    whole = put(room, b" " * (LARGEST + 1))
    assert whole.status == 413 and put(room, body()).status == 201


def test_a_body_without_a_length_is_refused(room: RoomMirror) -> None:
    connection = socket.create_connection(("127.0.0.1", int(room.server_address[1])))
    connection.sendall(f"POST /{room.desk.code} HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
    assert b"no-length" in connection.makefile("rb").read()


def test_a_wrong_code_opens_nothing_and_guessing_ends_soon(room: RoomMirror) -> None:
    assert ask(room, "GET", f"/{room.desk.code.lower()}").status == 200, "typed from a board, in small letters"
    keys = [put(room, body(), code="WRONG").key for _ in range(40)]
    assert keys[0] == "wrong-code" and keys[-1] == "too-often" and not kept(room)
    assert ask(room, "GET", "/WRONG").key == "too-often"


def test_one_address_cannot_take_all_seats(room: RoomMirror, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desks, "MOST_OF_ONE", 5)
    keys = [put(room, body(f"S{number}", number), f"m{number}").key for number in range(7)]
    assert keys == [None] * 5 + ["too-many-seats"] * 2
    assert put(room, body("S0", 99), "m0").status == 201, "who is in stays in"
    assert room.desk.take(body("late", 1), "10.0.0.9", "another").seat == "late", "and others come in"


def test_a_flood_is_slowed_and_the_others_are_not() -> None:
    clock = [0.0]
    rate = Rate(lambda: clock[0])
    assert sum(rate.takes("10.0.0.1") for _ in range(10_000)) == BURST and rate.takes("10.0.0.2")
    clock[0] += 60
    assert sum(rate.takes("10.0.0.1") for _ in range(10_000)) == BURST


def test_a_slow_sender_is_cut_off_and_holds_nobody_up(room: RoomMirror, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handling, "BODY_SECONDS", 1.0)
    slow = socket.create_connection(("127.0.0.1", int(room.server_address[1])))
    slow.sendall(f"PUT /{room.desk.code} HTTP/1.1\r\nContent-Length: 1000\r\n\r\n".encode())
    began = time.monotonic()
    assert put(room, body()).status == 201 and time.monotonic() - began < 1
    for _ in range(20):  # a byte now and then does not keep it alive
        time.sleep(0.1)
        try:
            slow.sendall(b"x")
        except OSError:
            break
    slow.settimeout(5)
    assert b"too-slow" in slow.makefile("rb").read() and len(kept(room)) == 1


def test_a_head_that_never_ends_is_cut_off(room: RoomMirror, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handling, "HEAD_SECONDS", 0.5)
    slow = socket.create_connection(("127.0.0.1", int(room.server_address[1])))
    slow.sendall(b"PUT / HTTP/1.1\r\nX-A: ")
    slow.settimeout(10)
    assert slow.recv(100) == b""


def test_a_full_disk_is_one_sentence_and_leaves_nothing_half(room: RoomMirror, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    put(room, body("A3", 1), "one")
    with monkeypatch.context() as patched:
        patched.setattr(whole_file, "replace", full)
        done = put(room, body("A3", 2), "one")
    assert done.status == 507 and done.key == "disk-full" and len(kept(room)) == 1
    assert put(room, body("A3", 2), "one").status == 201, "there is room again: the same hand-in is taken"


def test_a_room_opened_again_knows_all(room: RoomMirror) -> None:
    put(room, body("A3", 1), "one")
    with (room.desk.own / "seats.jsonl").open("ab") as file:
        file.write(b'\n{"seat": "cut o')  # killed in the middle of a line
    with pytest.raises(OccupiedFolder):
        Desk(room.desk.folder, Profile())
    room.desk.close()
    again = Desk(room.desk.folder, Profile())
    assert again.code == room.desk.code
    assert again.take(body("A3", 1), "127.0.0.1", "two").known
    assert again.take(body("A3", 2), "127.0.0.1", "two").seat == "A3 (2)"
    again.close()
    third = Desk(room.desk.folder, Profile())
    assert third.take(body("A3", 3), "127.0.0.1", "one").seat == "A3" and third.seats == 2


def test_the_page_is_for_this_machine(tmp_path: Path) -> None:
    page = tmp_path / "room.html"
    (tmp_path / "sheet.html").write_text("without names")
    page.write_text("the page")
    server = open_room(tmp_path, page=page)
    assert ask(server, "GET", "/room").told == "the page" and ask(server, "GET", "/sheet").told == "without names"
    assert ask(server, "GET", "/room", Host="evil.example:11480").key == "not-yours", "a name that was made to mean us"
    server.open = True
    assert ask(server, "GET", "/room", Host="evil.example:11480").status == 200
    server.shutdown()
