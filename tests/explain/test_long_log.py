"""`explain` on logs of many megabytes: read once, little kept, and what they say found wherever it stands.

Two megabytes count as long here; `python -m tests.benchmark --scale` measures a hundred.
"""

from __future__ import annotations

import io
import os
import random
import sys
from pathlib import Path

import pytest

from reports.explain import explain as explain_command
from reports.explain import long_log
from reports.explain.explain import main
from reports.explain.long_log import AT_ONCE, CHUNK, read
from reports.explain.recognise import explain
from tests.benchmark.logs import ERROR, server_log
from tests.benchmark.measure import measured
from tests.conftest import ROOT

NOISE = random.Random(11)
LONG = 2 * CHUNK
PITFALL = "download-corrupt"
USUAL = next(server_log(LONG))[:200_000].decode()


@pytest.fixture(autouse=True)
def soon_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_log, "AT_ONCE", CHUNK)
    monkeypatch.setattr(explain_command, "AT_ONCE", CHUNK)


def first(data: bytes) -> str:
    log = read(io.BytesIO(data))
    assert log.whole and log.count == len(data) > CHUNK
    return next((match.pitfall.id for match in explain(log.text)), "")


def padded(before: bytes, message: bytes, after: bytes, share: float) -> bytes:
    """A message at that share of a long log."""
    times = LONG // len(before)
    head = int(times * share)
    return before * head + message + after * (times - head)


@pytest.mark.parametrize("share", [0.0, 0.03, 0.5, 1.0])
def test_an_error_is_found_wherever_it_stands(share: float) -> None:
    usual = USUAL.encode()
    assert first(padded(usual, f"\n{ERROR}\n".encode(), usual, share)) == PITFALL


@pytest.mark.parametrize("shift", range(0, 60, 7))
def test_a_message_in_a_line_without_an_end_is_not_torn(shift: int) -> None:
    """Wherever the parts end into which such a line is cut."""
    assert first(b"a" * (CHUNK + CHUNK // 2 - shift) + ERROR.encode() + b"b" * (LONG)) == PITFALL


@pytest.mark.parametrize("encoding", ["utf-16", "gbk", "utf-8-sig"])
def test_encodings_of_windows(encoding: str) -> None:
    """PowerShell's `>` writes UTF-16 with a mark and CRLF, a Chinese console GBK."""
    text = "由于目标计算机积极拒绝，无法连接。 127.0.0.1:11434\r\n" + "正常的一行\r\n" * (LONG // 10)
    assert first(text.encode(encoding)) == "server-not-running"


def test_a_file_of_two_encodings() -> None:
    """PowerShell's `>>` behind another program's lines."""
    assert first(USUAL.encode() * 12 + f"{ERROR}\n".encode("utf-16-le")) == PITFALL


def test_what_moves_back_to_the_lines_beginning_is_a_line() -> None:
    bars = "\r".join(f"pulling 60e05f2100071... {number % 100}%" for number in range(LONG // 25))
    assert first(f"{bars}\r{ERROR}".encode()) == PITFALL


def test_what_is_no_text_is_read_to_its_end() -> None:
    log = read(io.BytesIO(NOISE.randbytes(LONG)))
    assert log.count == LONG and len(log.text) < 50_000


def test_many_kinds_of_lines_leave_the_first_and_the_last() -> None:
    lines = [f"error {NOISE.randbytes(9).hex().translate(str.maketrans('0123456789', 'ghijklmnop'))}"
             for _ in range(LONG // 24)]
    text = read(io.BytesIO("\n".join(lines).encode())).text
    assert lines[0] in text and lines[-1] in text and len(text) < 50_000


def test_input_that_never_ends_is_left(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(long_log, "MOST_BYTES", LONG)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(USUAL.encode() * 20)))
    main(["--lang=en"])
    assert f"its first {LONG / 1e6:.0f} MB were read" in capsys.readouterr().out


def test_what_was_read_is_told_and_nothing_of_it_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "server.log"
    secret = "sk-proj-0123456789abcdefghij"
    file.write_text(USUAL * 12 + f"error: token={secret} in /home/somebody/x\n{ERROR}\n", encoding="utf-8")
    assert main([os.fspath(file), "--lang=en"]) == 0
    shown = capsys.readouterr().out
    assert f"all {file.stat().st_size / 1e6:.0f} MB were read" in shown and PITFALL in shown
    assert secret not in shown and "somebody" not in shown


def test_memory_does_not_grow_with_the_log(tmp_path: Path) -> None:
    """Three times the size; a run of nothing else, measured from outside."""
    runs = []
    for size in (AT_ONCE + CHUNK, 3 * AT_ONCE):
        file = tmp_path / f"{size}.log"
        file.write_bytes(b"".join(server_log(size)))
        runs.append(measured([sys.executable, "-m", "reports", "explain", file], os.environ, ROOT))
    assert [run.code for run in runs] == [0, 0]
    assert runs[1].memory < runs[0].memory + 8 and runs[1].memory < 100
