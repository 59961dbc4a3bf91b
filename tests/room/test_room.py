"""The room page: every seat once, the newest result counts, and no file can stop it."""
from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from reports.room.clock import when
from reports.room.gather import gather
from reports.room.room import last_page, main, room
from tests.support.page_reader import Reader, written
from tests.support.room_results import START, put

ROOT = Path(__file__).resolve().parents[2]
def said(folder: Path, lang: str = "en", **values: Any) -> str:
    return Reader(room(folder, lang, **values)).text


def test_commonest_pitfall_comes_first_with_its_remedy(tmp_path: Path) -> None:
    for number in range(30):
        put(tmp_path / f"{number:02}" / "result.json", "failed" if number < 11 else "passed")
    text = said(tmp_path)
    assert "19 of 30 seats ready" in text
    first, remedy, table = text.index("11 of 30 seats"), text.index("ollama serve"), text.index("All seats")
    assert first < remedy < table < text.index("19 of 30 seats", table), "advice stands after the table"


def test_seat_is_its_label_else_its_folder(tmp_path: Path) -> None:
    put(tmp_path / "row 1" / "left" / "result.json")
    put(tmp_path / "x" / "result.json", seat="A7")
    put(tmp_path / "result.json")
    assert set(gather(tmp_path, "en").seats) == {"row 1/left", "A7", tmp_path.name}


def test_label_that_was_redacted_away_makes_no_common_seat(tmp_path: Path) -> None:
    """Who takes the user name for a label gets asterisks, as everybody else does."""
    put(tmp_path / "a" / "result.json", seat="***")
    put(tmp_path / "b" / "result.json", seat="***")
    assert set(gather(tmp_path, "en").seats) == {"a", "b"}


def test_newest_result_counts_and_the_history_shows(tmp_path: Path) -> None:
    put(tmp_path / "a" / "result.json", "passed", minutes=20)
    put(tmp_path / "a" / "history" / "3.json", "passed", minutes=20)
    put(tmp_path / "a" / "history" / "1.json", "failed", minutes=0)
    put(tmp_path / "a" / "history" / "2.json", "failed", minutes=10)
    seat = gather(tmp_path, "en").seats["a"]
    assert [run.verdict for run in seat.runs] == ["failed", "failed", "passed"]
    assert "✕ held up ✕ held up ✓ ready" in said(tmp_path)


def test_one_label_in_two_folders_is_one_seat(tmp_path: Path) -> None:
    put(tmp_path / "old" / "result.json", "failed", minutes=0, seat="A7")
    put(tmp_path / "new" / "result.json", "passed", minutes=5, seat="A7")
    assert gather(tmp_path, "en").seats["A7"].now.verdict == "passed"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Sets this machine's time zone."""
    if not hasattr(time, "tzset"):
        pytest.skip("Windows takes its zone from elsewhere: run it on Linux or macOS")

    def zone(name: str) -> None:
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield zone
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(("zone", "shown"), [
    ("UTC", "09:10 UTC"), ("CST-8", "17:10 UTC+8"), ("IST-5:30", "14:40 UTC+5:30"), ("NST3:30", "05:40 UTC-3:30"),
    ("EST5", "04:10 UTC-5")])
def test_times_are_those_of_the_rooms_own_clock(zone: str, shown: str, clock: Callable[[str], None]) -> None:
    clock(zone)
    assert when(datetime(2026, 11, 24, 9, 10, tzinfo=UTC)) == f"2026-11-24 {shown}"
    any_year = datetime.min, datetime.max
    assert all(when(one.replace(tzinfo=UTC)) for one in any_year), "any year that is handed in"


def test_what_a_fix_can_do_is_said(tmp_path: Path) -> None:
    put(tmp_path / "a" / "result.json", "failed")
    assert "Often --fix does it" in said(tmp_path)


def test_who_is_held_up_longest_stands_first(tmp_path: Path, clock: Callable[[str], None]) -> None:
    clock("UTC")
    put(tmp_path / "late" / "result.json", "failed", minutes=90)
    put(tmp_path / "early" / "result.json", "failed", minutes=80)
    put(tmp_path / "early" / "history" / "1.json", "failed", minutes=10)
    put(tmp_path / "once well" / "result.json", "failed", minutes=70)
    put(tmp_path / "once well" / "history" / "1.json", "passed", minutes=60)
    put(tmp_path / "once well" / "history" / "0.json", "failed", minutes=0)
    text = said(tmp_path)
    longest = text[text.index("Held up longest") : text.index("All seats")]
    assert longest.index("early") < longest.index("once well") < longest.index("late")
    assert "no pass since 2026-11-24 09:10 UTC (1 h 20 min); runs: 2" in longest


def test_sandbox_and_rehearsal_are_no_seats(tmp_path: Path) -> None:
    put(tmp_path / "a" / "result.json")
    put(tmp_path / "b" / "result.json", target="sandbox")
    put(tmp_path / "c" / "result.json", target="rehearse")
    assert list(gather(tmp_path, "en").seats) == ["a"]
    assert "2 results of sandboxes" in said(tmp_path)


def test_progress_since_the_last_page(tmp_path: Path) -> None:
    output = tmp_path / "room.html"
    put(tmp_path / "a" / "result.json", "failed", minutes=0)
    put(tmp_path / "b" / "result.json", "passed", minutes=1)
    assert main([str(tmp_path), "-o", str(output), "--lang", "en"]) == 0
    assert last_page(output) == START + timedelta(minutes=1)
    assert "Since the last page" not in Reader(output.read_text(encoding="utf-8")).text
    put(tmp_path / "a" / "history" / "1.json", "failed", minutes=0)
    put(tmp_path / "a" / "result.json", "passed", minutes=10)
    put(tmp_path / "b" / "history" / "1.json", "passed", minutes=1)
    put(tmp_path / "b" / "result.json", "failed", minutes=11)
    put(tmp_path / "c" / "result.json", "failed", minutes=12)
    assert main([str(tmp_path), "-o", str(output), "--lang", "en"]) == 0
    text = Reader(output.read_text(encoding="utf-8")).text
    for change in ("1 more ready a", "1 no longer ready b", "1 new c"):
        assert change in text


@pytest.mark.parametrize(
    "change",
    [
        {"verdict": "splendid"},
        {"checks": None},
        {"checks": [{"id": 5}]},
        {"checkpoints": {}},
        {"run": None},
        {"machine": "fast"},
        {"schema": "1"},
        {"schema": True, "checks": 1},
        {"seat": {"a": 1}, "checks": [7]},
    ],
)
def test_misshapen_result_is_foreign(tmp_path: Path, change: dict[str, Any]) -> None:
    put(tmp_path / "a" / "result.json", **change)
    found = gather(tmp_path, "en")
    assert (list(found.seats), [one.reason for one in found.unread]) == ([], ["foreign"])


@pytest.mark.parametrize("started", [None, "yesterday", 5, "2026-11-24T09:00:00", "9999-12-31T23:59:59-14:00"])
def test_result_without_a_usable_time_is_a_seat_all_the_same(tmp_path: Path, started: object) -> None:
    put(tmp_path / "a" / "result.json", "failed", started=started)
    assert "0 of 1 seats ready" in said(tmp_path)


def test_report_beside_the_result_is_one_click_away(tmp_path: Path) -> None:
    results = tmp_path / "results"
    names = (
        ["plain", "with space & ünïcode 座位", "per%cent?x#y", "javascript:alert(1)"]
        if os.name != "nt"
        else ["plain", "with space"]
    )
    for name in names:
        put(results / name / "result.json")
        written(results / name, "<p>", "report.html")
    put(results / "without" / "result.json")
    reader = Reader(room(results, "en", page=tmp_path / "pages" / "room.html"))
    reports = [reference for reference in reader.references if not reference.startswith("#")]
    assert len(reports) == len(names)
    for reference in reports:
        assert reference.startswith("./")
        assert (tmp_path / "pages" / unquote(reference)).resolve().is_file()


def test_no_result_at_all_says_what_to_put_there(tmp_path: Path) -> None:
    assert "No result lies below this folder" in said(tmp_path)


def test_command_line(tmp_path: Path) -> None:
    def run(*args: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "reports", *args], cwd=ROOT, capture_output=True, text=True, encoding="utf-8"
        )

    put(tmp_path / "a" / "result.json")
    assert run("room", str(tmp_path), "-o", str(tmp_path / "room.html"), "--lang", "zh").returncode == 0
    assert "1 个座位，1 个就绪" in (tmp_path / "room.html").read_text(encoding="utf-8")
    wrong = {
        run().returncode,
        run("rooms").returncode,
        run("room").returncode,
        run("room", str(tmp_path / "none")).returncode,
    }
    assert wrong == {4}
    assert run("room", str(tmp_path), "-o", str(tmp_path / "no" / "folder.html")).returncode == 1
    assert run("--help").returncode == 0


def test_both_generations_of_opencode_are_counted(tmp_path: Path) -> None:
    for number, version in enumerate(["1.18.33", "2.0.26", "2.3.2", "0.0.55", None]):
        put(tmp_path / str(number) / "result.json",
            versions={"ollama": None, "ollama_server": None, "opencode": version})
    assert "OpenCode 1: 1 · OpenCode 2: 2" in said(tmp_path)
    assert "OpenCode 1：1 个座位 · OpenCode 2：2 个座位" in said(tmp_path, "zh")
