"""One name on two machines: both are shown, and each is told of the other."""
from __future__ import annotations

from pathlib import Path
from typing import Any

from reports.room.code import encode
from reports.room.gather import gather
from reports.room.room import room
from tests.support import result_samples as samples
from tests.support.page_reader import Reader
from tests.support.room_results import put

OTHER = {**samples.MACHINE, "ram_gib": 7.6, "cpu_count": 4}


def verdicts(folder: Path) -> dict[str, list[str]]:
    return {name: [run.verdict for run in seat.runs] for name, seat in gather(folder, "en").seats.items()}


def test_two_machines_are_two_seats_that_know_of_each_other(tmp_path: Path) -> None:
    put(tmp_path / "x" / "result.json", "failed", minutes=0, seat="A3")
    put(tmp_path / "y" / "result.json", "passed", minutes=5, seat="A3", machine=OTHER)
    assert verdicts(tmp_path) == {"A3": ["failed"], "A3 (2)": ["passed"]}
    for lang, told in (("en", "another machine has the name A3 too"), ("zh", "另一台机器也用了 A3 这个名字")):
        assert Reader(room(tmp_path, lang)).text.count(told) == 2
    assert "A3" not in Reader(room(tmp_path, "en", anonymous=True)).text


def test_machines_that_begin_in_the_same_second_lose_nothing(tmp_path: Path) -> None:
    put(tmp_path / "x" / "result.json", "failed", seat="A3")
    put(tmp_path / "y" / "result.json", "passed", seat="A3", machine=OTHER)
    assert sorted(verdicts(tmp_path).values()) == [["failed"], ["passed"]]


def test_code_and_file_of_one_run_are_one(tmp_path: Path) -> None:
    result: dict[str, Any] = {**samples.stopped_server(), "seat": "A3"}
    put(tmp_path / "x" / "result.json", "failed", seat="A3", started=result["started"])
    (tmp_path / "chat.txt").write_text(encode(result), encoding="utf-8")
    assert verdicts(tmp_path) == {"A3": ["failed"]}
    (tmp_path / "chat.txt").write_text(encode({**result, "machine": OTHER}), encoding="utf-8")
    assert verdicts(tmp_path) == {"A3": ["failed"], "A3 (2)": ["failed"]}


def test_name_with_a_number_of_its_own_stays(tmp_path: Path) -> None:
    put(tmp_path / "a" / "result.json", "failed", minutes=0, seat="A3")
    put(tmp_path / "b" / "result.json", "passed", minutes=1, seat="A3", machine=OTHER)
    put(tmp_path / "c" / "result.json", "passed", minutes=2, seat="A3 (2)")
    assert sorted(verdicts(tmp_path)) == ["A3", "A3 (2)", "A3 (3)"]


def test_result_that_knows_no_machine_is_of_the_first(tmp_path: Path) -> None:
    put(tmp_path / "a" / "result.json", "failed", minutes=0, seat="A3")
    put(tmp_path / "b" / "result.json", "passed", minutes=1, seat="A3", machine={**OTHER, "ram_gib": None})
    assert verdicts(tmp_path) == {"A3": ["failed", "passed"]}
