"""The room page among broken files, with thousands of seats, and in a real browser."""
from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from reports.page import page
from reports.room.gather import gather
from reports.room.room import room
from tests.conftest import ROOT
from tests.support import result_samples as samples
from tests.support.browser import Browser
from tests.support.page_reader import written
from tests.support.room_results import START, put


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
        **dict.fromkeys(damaged, "damaged"),
        "foreign": "foreign",
        "list": "foreign",
        "shapeless": "foreign",
        "newer": "newer",
    }


def test_broken_files_are_named_and_change_nothing_else(tmp_path: Path) -> None:
    for number in range(3):
        put(tmp_path / str(number) / "result.json", "failed" if number else "passed", minutes=number)
    before = room(tmp_path, "en")
    expected = broken(tmp_path)
    after = room(tmp_path, "en")
    assert {one.path.split("/")[0]: one.reason for one in gather(tmp_path, "en").unread} == expected
    start, end = (
        after.index('<section aria-labelledby="unread">'),
        after.index("</section>", after.index('id="unread"')),
    )
    assert "".join(before.split()) == "".join((after[:start] + after[end + len("</section>") :]).split())


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


MEASURED = """
import pathlib, re, resource, sys, time
from reports.room.room import main
assert main(sys.argv[1:]) == 0
status = pathlib.Path("/proc/self/status")
if status.exists():
    peak = int(re.search(r"VmHWM:\\s+(\\d+)", status.read_text())[1]) / 2**10
else:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
print(time.process_time(), peak)
"""
"""On Linux `ru_maxrss` of a new process begins at its parent's size; `VmHWM` is its own."""


def measured(folder: Path, seats: int) -> tuple[float, float]:
    """Seconds of the processor and megabytes at most, of a process of its own."""
    crowd(folder, seats)
    argv = [sys.executable, "-c", MEASURED, str(folder), "-o", str(folder / "room.html"), "--lang", "en"]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=True)
    seconds, megabytes = map(float, done.stdout.splitlines()[-1].split())
    print(f"{seats} seats: {seconds:.1f} s, {megabytes:.0f} MB")
    return seconds, megabytes


@pytest.mark.real
@pytest.mark.skipif(sys.platform == "win32", reason="peak memory is read the Unix way: run this on Linux or macOS")
def test_ten_thousand_seats_take_seconds_and_little_memory(tmp_path: Path) -> None:
    """Ten times the seats cost at most about ten times as much."""
    few, _ = measured(tmp_path / "few", 1000)
    many, megabytes = measured(tmp_path / "many", 10_000)
    assert (many < 15, megabytes < 300) == (True, True)
    assert many < 13 * few


@pytest.fixture
def full(tmp_path: Path) -> Iterator[Path]:
    """A room with hostile names and results, to be shown at `room.html`."""
    folder = tmp_path / "room"
    for number in range(6):
        put(folder / f"{number}" / "result.json", ("failed", "passed", "incomplete")[number % 3], minutes=9 * number)
        put(folder / f"{number}" / "history" / "1.json", "failed", minutes=number - 30)
        written(folder / f"{number}", page.render(samples.healthy()))
    attacked = {**samples.hostile(), "fixes": []}  # the page shows none, and with them it is no result: too large
    for number, attack in enumerate(samples.HOSTILE):
        put(
            folder / f"h{number}" / "result.json",
            "failed",
            **{**attacked, "seat": attack[:100_000], "model": attack[:100_000]},
        )
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
