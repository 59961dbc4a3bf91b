"""A hand-in code: short, whole through any chat, and read for what it says and nothing more."""
from __future__ import annotations

import base64
import json
import random
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.room.code import LONGEST, BrokenCode, codes_in, decode, encode
from reports.room.gather import gather
from reports.room.seats import Run
from tests.conftest import ROOT
from tests.support import result_samples as samples
from tests.support.room_results import put

MADE = {"failed": samples.stopped_server, "passed": samples.advised, "incomplete": samples.interrupted}


def result(kind: str = "failed", **values: object) -> dict[str, object]:
    return {**MADE[kind](target="machine"), "seat": "A7", **values}


def read(text: str) -> list[Run]:
    return [decode(code, "chat.txt", "chat") for code in codes_in(text)]


@pytest.mark.parametrize("kind", MADE)
def test_it_tells_the_page_what_the_result_tells(kind: str, tmp_path: Path) -> None:
    put(tmp_path / "file" / "result.json", kind, seat="file")
    told = json.loads((tmp_path / "file" / "result.json").read_text(encoding="utf-8"))
    (tmp_path / "chat.txt").write_text(encode({**told, "seat": "code"}), encoding="utf-8")
    seats = gather(tmp_path, "en").seats
    one, other = seats["file"].now, seats["code"].now
    assert (one.verdict, one.passed, one.first, one.steps, one.os, one.model, one.started, one.opencode) == (
        other.verdict, other.passed, other.first, other.steps, other.os, other.model, other.started, other.opencode
    )
    assert {(t.check, t.status, t.pitfall) for t in one.troubles} == {
        (t.check, t.status, t.pitfall) for t in other.troubles
    }
    assert one.pitfall == other.pitfall


def test_it_is_never_longer_than_a_form_allows() -> None:
    everything = result("failed", seat="座" * 200, model="m" * 500)
    for number, check in enumerate(everything["checks"]):  # type: ignore[arg-type, var-annotated]
        check |= {"status": "failed", "pitfall": f"{random.Random(number).getrandbits(200):x}"}
    assert len(encode(everything)) <= LONGEST and read(encode(everything))[0].first == everything["first"]
    assert len(encode(result())) < 400


MANGLED = {
    "wrapped": lambda code: "\n".join(code[at : at + 30] for at in range(0, len(code), 30)),
    "quoted": lambda code: "\n".join(f"> {code[at : at + 60]}" for at in range(0, len(code), 60)),
    "small": str.lower,
    "full width": lambda code: "".join(chr(ord(one) + 0xFEE0) if one.isalnum() else one for one in code),
    "unseen": lambda code: "\u200b".join(code),
    "in a sentence": lambda code: f"老师好，我的是{code}，谢谢！[玫瑰]",
    "in Markdown": lambda code: f"```\n{code}\n```",
    "indented": lambda code: "\r\n".join(f"    {code[at : at + 76]}" for at in range(0, len(code), 76)),
}


@pytest.mark.parametrize("way", MANGLED)
def test_a_chat_does_it_no_harm(way: str) -> None:
    (run,) = read(MANGLED[way](encode(result())))
    assert run.seat == "A7" and run.verdict == "failed"


def test_many_in_one_log_are_many_seats() -> None:
    log = "".join(f"09:1{number} 学员{number}: {encode(result(seat=f'S{number}'))}\n收到\n" for number in range(9))
    assert [run.seat for run in read(log)] == [f"S{number}" for number in range(9)]


@pytest.mark.parametrize("broken", ["cut", "letter", "middle", "begun"])
def test_one_that_is_not_whole_is_said_and_the_others_count(broken: str, tmp_path: Path) -> None:
    code = encode(result())
    bad = {"cut": code[:-20], "letter": code[:60] + ("A" if code[60] != "A" else "B") + code[61:],
           "middle": code[:60] + code[70:], "begun": "OCH1-ABCDEFGHABCDEFGH and no more"}[broken]
    (tmp_path / "chat.txt").write_text(f"{bad}\n{encode(result(seat='B1'))}\n", encoding="utf-8")
    room = gather(tmp_path, "en")
    assert list(room.seats) == ["B1"] and [one.reason for one in room.unread] == ["broken-code"]


def test_one_of_a_newer_suite_is_told_apart() -> None:
    with pytest.raises(BrokenCode) as told:
        read(encode(result()).replace("OCH1-", "OCH9-"))
    assert told.value.reason == "newer"


def made(body: object) -> str:
    packed = zlib.compress(json.dumps(body).encode())
    parts = [base64.b32encode(part).decode().rstrip("=") for part in (packed, zlib.crc32(packed).to_bytes(4, "big"))]
    return f"OCH1-{parts[0]}-{parts[1]}-END"


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=11) | st.dictionaries(st.text(max_size=3), inner, max_size=3), max_leaves=30,
)


@given(values)
def test_whatever_it_holds_it_is_a_run_or_broken(body: object) -> None:
    for code in codes_in(made(body)):
        try:
            assert isinstance(decode(code, "chat.txt", "chat"), Run)
        except BrokenCode as error:
            assert error.reason == "broken-code"


def test_one_that_swells_is_none() -> None:
    with pytest.raises(BrokenCode):
        read(made("x" * 10**7))


def test_a_code_of_a_rehearsal_is_nobodys_seat(tmp_path: Path) -> None:
    (tmp_path / "chat.txt").write_text(encode({**samples.advised(target="sandbox"), "seat": "A7"}), encoding="utf-8")
    room = gather(tmp_path, "en")
    assert not room.seats and room.rehearsals == 1


def test_notepads_file_and_one_without_a_seat(tmp_path: Path) -> None:
    (tmp_path / "class.txt").write_text(encode(result(seat=None)) * 2, encoding="utf-16")
    assert set(gather(tmp_path, "en").seats) == {"class 1", "class 2"}


def test_the_readme_of_it_names_what_it_holds() -> None:
    for name in ("README.md", "README.zh.md"):
        assert "--hand-in=code" in (ROOT / name).read_text(encoding="utf-8")
