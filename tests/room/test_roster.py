"""Who has not reported: from a list as schools have them, in any of their encodings."""
from __future__ import annotations

from pathlib import Path

import pytest

from reports.room import room as page
from reports.room.roster import NoRoster, missing, read
from tests.support.page_reader import Reader
from tests.support.room_results import put

LISTS = {
    "lines": "Anna\n\nBert\nAnna\n",
    "a table": "No,Name,Mail\n1,Anna,a@x\n2,Bert,b@x\n",
    "one column": "Student name\nAnna\nBert\n",
    "a Chinese table": "序号,姓名（必填）\n1,Anna\n2,Bert\n",
    "German Excel": "Nr;Student;Mail\r\n1;Anna;a@x\r\n2;Bert;b@x\r\n",
    "no head": "Anna\tx\nBert\ty\n",
}


@pytest.mark.parametrize("name", LISTS)
def test_each_shape_has_its_names(name: str, tmp_path: Path) -> None:
    (tmp_path / "list").write_text(LISTS[name], encoding="utf-8", newline="")
    assert read(tmp_path / "list") == ["Anna", "Bert"]


@pytest.mark.parametrize("names", [
    ["seat-1", "seat-2"], ["seat-A", "seat-B"], ["座位1", "座位2"], ["Namer", "Bert"], ["seat 1"]])
def test_a_list_that_begins_with_somebody_loses_nobody(names: list[str], tmp_path: Path) -> None:
    (tmp_path / "list").write_text("\n".join(names), encoding="utf-8")
    assert read(tmp_path / "list") == names


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_each_encoding_has_its_names(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("学号,姓名\n1,王小明\n2,李雷\n", encoding=encoding)
    assert read(tmp_path / "list.csv") == ["王小明", "李雷"]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\x00" * 9, b"x\n" * 3_000_000])
def test_what_is_no_list_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "list").write_bytes(content)
    with pytest.raises(NoRoster):
        read(tmp_path / "list")
    with pytest.raises(NoRoster):
        read(tmp_path / "nowhere")


def test_a_name_is_one_however_it_is_typed() -> None:
    assert missing(["Anna Li", "A1", "B"], ["anna  li", "Ａ１", "b (2)", "c"]) == []
    assert missing(["Anna", "Bert"], ["Bert"]) == ["Anna"]


def test_the_page_says_who_has_not_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(tmp_path / "in" / "Anna" / "result.json", "failed")
    (tmp_path / "list.csv").write_text("name\nAnna\nBert\nCleo\n", encoding="utf-8")
    words = [str(tmp_path / "in"), "-o", str(tmp_path / "room.html"), f"--roster={tmp_path / 'list.csv'}", "--lang=en"]
    assert page.main(words) == 0
    text = Reader((tmp_path / "room.html").read_text(encoding="utf-8")).text
    assert "Not reported yet: 2 of 3" in text and "Bert · Cleo" in text
    assert page.main([*words[:3], "--roster=nowhere"]) == 4 and "nowhere" in capsys.readouterr().err


def test_a_page_to_project_has_no_names(tmp_path: Path) -> None:
    put(tmp_path / "Anna" / "result.json", "failed")
    put(tmp_path / "Bert" / "result.json", "passed")
    (tmp_path / "Cleo.zip").write_bytes(b"broken")
    text = page.room(tmp_path, "en", roster=["Anna", "Bert", "Dora"], anonymous=True)
    assert "1 of 2 seats ready" in text and "Not reported yet: 1 of 3" in text and "1 of 2 seats" in text
    assert not any(name in text for name in ("Anna", "Bert", "Cleo", "Dora"))
