"""The live page: as the file's, renewing itself, with who has not reported; and a sheet without names."""
from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from tests.conftest import ROOT
from tests.support.page_reader import Reader
from tests.support.room_results import put


def test_a_hand_in_is_on_the_page_and_the_missing_are_named(tmp_path: Path) -> None:
    folder, page = tmp_path / "hand-ins", tmp_path / "hand-ins" / ".room" / "room.html"
    page.parent.mkdir(parents=True)
    (tmp_path / "roster.csv").write_text('name\nA1\n"B2, left"\n', encoding="utf-8")
    argv = [sys.executable, "-P", "-m", "reports.room.live", str(folder), str(page), "en",
            f"--roster={tmp_path / 'roster.csv'}"]
    live = subprocess.Popen(argv, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdin=subprocess.PIPE)
    try:
        put(folder / "A1-x" / "history" / "1.json", "failed", seat="A1")
        for _ in range(200):
            if page.is_file() and "A1<" in page.read_text(encoding="utf-8"):
                break
            time.sleep(0.1)
        sheet = page.with_name("sheet.html")
        for _ in range(100):
            if sheet.is_file() and "server-not-running" in sheet.read_text(encoding="utf-8"):
                break
            time.sleep(0.1)
        text = page.read_text(encoding="utf-8")
        assert '<meta http-equiv="refresh" content="2">' in text and "<script" not in text
        assert "A1" in Reader(text).text and "B2, left" in Reader(text).text
        assert "A1" not in Reader(sheet.read_text(encoding="utf-8")).text
    finally:
        assert live.stdin
        live.stdin.close()
        assert live.wait(20) == 0, "it ends with the server"
