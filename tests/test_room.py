"""The room page: every seat once, the newest result counts, and no file can stop it."""
from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from reports import page
from reports.room import last_page, main, room
from reports.seats import gather
from tests import result_samples as samples
from tests.browser import Browser
from tests.test_page import ROOT, Reader, browser, written  # noqa: F401

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
MADE = {"failed": samples.stopped_server, "passed": samples.advised, "incomplete": samples.interrupted}


def put(file: Path, kind: str = "passed", minutes: int = 0, target: str = "machine", **values: Any) -> None:
    """A result of that verdict, so many minutes after the start of the lesson."""
    made = MADE[kind](target=target)
    file.parent.mkdir(parents=True, exist_ok=True)
    result = {**made, "started": (START + timedelta(minutes=minutes)).isoformat(), **values}
    file.write_text(json.dumps(result), encoding="utf-8")


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


def test_who_is_held_up_longest_stands_first(tmp_path: Path) -> None:
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


def broken(folder: Path) -> dict[str, str]:
    """Files that are no results, by path, with what the page must say of each."""
    huge = folder / "huge" / "result.json"
    for name in ("cut", "text", "deep", "foreign", "list", "newer", "shapeless", "huge", "bytes"):
        (folder / name).mkdir(parents=True)
    (folder / "cut" / "result.json").write_text('{"schema": 1,', encoding="utf-8")
    (folder / "text" / "result.json").write_text("", encoding="utf-8")
    (folder / "bytes" / "result.json").write_bytes(b"\xff\xfe\x00")
    (folder / "deep" / "result.json").write_text("[" * 100_000, encoding="utf-8")
    (folder / "foreign" / "result.json").write_text('{"tests": 5}', encoding="utf-8")
    (folder / "list" / "result.json").write_text("[1, 2]", encoding="utf-8")
    (folder / "newer" / "result.json").write_text('{"schema": 2, "suite": "3.0.0"}', encoding="utf-8")
    (folder / "shapeless" / "result.json").write_text('{"schema": 1, "suite": "1", "checks": 7}', encoding="utf-8")
    with huge.open("wb") as file:
        file.truncate(50_000_000_000)
    if hasattr(os, "mkfifo"):
        (folder / "pipe").mkdir()
        os.mkfifo(folder / "pipe" / "result.json")
        (folder / "loop").symlink_to(folder, target_is_directory=True)
        (folder / "gone").mkdir()
        (folder / "gone" / "result.json").symlink_to("nowhere")
    damaged = ("cut", "text", "bytes", "deep", "huge", *(("pipe", "gone") if hasattr(os, "mkfifo") else ()))
    return {
        **dict.fromkeys(damaged, "damaged"), "foreign": "foreign", "list": "foreign", "shapeless": "foreign", "newer": "newer",
    }


def test_broken_files_are_named_and_change_nothing_else(tmp_path: Path) -> None:
    for number in range(3):
        put(tmp_path / str(number) / "result.json", "failed" if number else "passed", minutes=number)
    before = room(tmp_path, "en")
    expected = broken(tmp_path)
    after = room(tmp_path, "en")
    assert {one.path.split("/")[0]: one.reason for one in gather(tmp_path, "en").unread} == expected
    start, end = after.index('<section aria-labelledby="unread">'), after.index("</section>", after.index('id="unread"'))
    assert "".join(before.split()) == "".join((after[:start] + after[end + len("</section>") :]).split())


@pytest.mark.parametrize("change", [
    {"verdict": "splendid"}, {"checks": None}, {"checks": [{"id": 5}]}, {"checkpoints": {}}, {"run": None}, {"machine": "fast"},
    {"schema": "1"}, {"schema": True, "checks": 1}, {"seat": {"a": 1}, "checks": [7]},
])
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
    names = ["plain", "with space & ünïcode 座位", "per%cent?x#y", "javascript:alert(1)"] if os.name != "nt" else ["plain", "with space"]
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
    assert "No result.json lies below this folder" in said(tmp_path)


def test_command_line(tmp_path: Path) -> None:
    def run(*args: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-m", "reports", *args], cwd=ROOT, capture_output=True, text=True, encoding="utf-8")

    put(tmp_path / "a" / "result.json")
    assert run("room", str(tmp_path), "-o", str(tmp_path / "room.html"), "--lang", "zh").returncode == 0
    assert "1 个座位，1 个就绪" in (tmp_path / "room.html").read_text(encoding="utf-8")
    wrong = {run().returncode, run("rooms").returncode, run("room").returncode, run("room", str(tmp_path / "none")).returncode}
    assert wrong == {4}
    assert run("room", str(tmp_path), "-o", str(tmp_path / "no" / "folder.html")).returncode == 1
    assert run("--help").returncode == 0


def crowd(folder: Path, seats: int) -> None:
    made = [samples.stopped_server(), samples.advised(), samples.interrupted()]
    for number in range(seats):
        result = {**made[number % 3], "started": (START + timedelta(minutes=number % 90)).isoformat()}
        (folder / f"{number:05}").mkdir(parents=True)
        (folder / f"{number:05}" / "result.json").write_text(json.dumps(result), encoding="utf-8")


def test_thirty_seats_take_less_than_a_second(tmp_path: Path) -> None:
    crowd(tmp_path, 30)
    room(tmp_path, "en")
    started = time.process_time()
    room(tmp_path, "en")
    assert time.process_time() - started < 1


@pytest.mark.real
def test_ten_thousand_seats_take_seconds_and_little_memory(tmp_path: Path) -> None:
    """15 s and 300 MB, and ten times the seats cost about ten times as much."""
    resource = pytest.importorskip("resource", reason="peak memory is read the Unix way")
    del resource
    program = (
        "import resource, sys, time; from reports.room import main; code = main(sys.argv[1:]); "
        "print(code, time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform != 'darwin' else 2**20))"
    )
    seconds: dict[int, float] = {}
    for seats in (1000, 10_000):
        crowd(tmp_path / str(seats), seats)
        argv = [sys.executable, "-c", program, str(tmp_path / str(seats)), "-o", str(tmp_path / f"{seats}.html")]
        done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=True)
        code, took, megabytes = done.stdout.splitlines()[-1].split()
        print(f"{seats} seats: {float(took):.1f} s, {megabytes} MB")
        assert (code, int(megabytes) < 300) == ("0", True)
        seconds[seats] = float(took)
    assert seconds[10_000] < 15
    assert seconds[10_000] < 13 * seconds[1000]


@pytest.fixture
def full(tmp_path: Path) -> Iterator[Path]:
    """A room with hostile names and results, to be shown at `room.html`."""
    folder = tmp_path / "room"
    for number in range(6):
        put(folder / f"{number}" / "result.json", ("failed", "passed", "incomplete")[number % 3], minutes=9 * number)
        put(folder / f"{number}" / "history" / "1.json", "failed", minutes=number - 30)
        written(folder / f"{number}", page.render(samples.healthy()))
    attacked = samples.hostile()
    for number, attack in enumerate(samples.HOSTILE):
        put(folder / f"h{number}" / "result.json", "failed", **{**attacked, "seat": attack[:100_000], "model": attack[:100_000]})
    broken(folder)
    yield folder


@pytest.mark.real
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_phone_needs_no_sideways_scrolling(browser: Browser, full: Path, lang: str) -> None:  # noqa: F811
    file = written(full, room(full, lang), "room.html")
    browser.open(file, width=360, scripts=True)
    assert browser.ask("document.documentElement.scrollWidth") <= 360
    assert browser.requests == [file.as_uri()]
    assert browser.ask("document.title") != "hit"
    assert browser.ask("document.querySelectorAll('script, img, iframe').length") == 0
    assert browser.ask("document.querySelectorAll('tr[id]').length") == 6 + len(samples.HOSTILE)


@pytest.mark.real
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_axe_finds_nothing(browser: Browser, full: Path, lang: str, dark: bool) -> None:  # noqa: F811
    browser.open(written(full, room(full, lang, since=START), "room.html"), dark=dark)
    assert browser.faults() == []
