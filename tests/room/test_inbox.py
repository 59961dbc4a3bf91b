"""Results as they come: packed, mailed, exported from a chat, mixed; what is broken or too much is said and no more."""
from __future__ import annotations

import io
import json
import zipfile
from email.message import EmailMessage
from pathlib import Path

import pytest

from reports.room import inbox
from reports.room.code import encode
from reports.room.gather import gather
from tests.support.result_samples import advised, stopped_server
from tests.support.room_results import put


def packed(**files: bytes) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name.replace("__", "/").replace("_json", ".json"), content)
    return data.getvalue()


def document(seat: str | None = None) -> bytes:
    return json.dumps({**advised(target="machine"), "seat": seat}).encode()


def mail(sender: str, *attached: tuple[str, bytes], text: str = "Hello") -> bytes:
    made = EmailMessage()
    made["From"], made["Subject"] = sender, "Lesson 作业"
    made.set_content(text)
    for name, data in attached:
        made.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return made.as_bytes()


def test_everything_mixed_is_one_room(tmp_path: Path) -> None:
    put(tmp_path / "folder" / "result.json")
    (tmp_path / "anna.zip").write_bytes(packed(out__result_json=document(), out__history__1_json=document()))
    (tmp_path / "two.zip").write_bytes(packed(a__result_json=document(), b__result_json=document()))
    (tmp_path / "m.eml").write_bytes(mail("王小明 <w@example.org>", ("result.json", document())))
    code = encode({**stopped_server(target="machine"), "seat": "coded"})
    letters = [mail("x@example.org", ("r.zip", packed(result_json=document()))), mail("y@example.org", text=code)]
    (tmp_path / "in.mbox").write_bytes(b"".join(b"From x Mon\n" + one + b"\n" for one in letters))
    (tmp_path / "chat.md").write_text(f"> {code}\n".replace("coded", "chat"), encoding="utf-8")
    room = gather(tmp_path, "en")
    assert set(room.seats) == {"folder", "anna", "two/a", "two/b", "王小明", "x", "coded"} and not room.unread


def test_what_carries_nothing_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("dear diary", encoding="utf-8")
    (tmp_path / "holiday.zip").write_bytes(packed(photo=b"x", package_json=b"{}"))
    (tmp_path / "hello.eml").write_bytes(mail("a@example.org"))
    (tmp_path / "empty.txt").write_bytes(b"")
    assert not gather(tmp_path, "en").unread


@pytest.mark.parametrize("name", ["a.zip", "a.eml", "a.mbox", "a.txt", "result.json"])
@pytest.mark.parametrize(
    "content", [b"PK\x03\x04broken", b"\xff" * 1000, b"From \n\nOCH1-AAAAAAAAAA"], ids=["zip", "ff", "box"]
)
def test_damage_ends_nothing(name: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    put(tmp_path / "b" / "result.json")
    assert set(gather(tmp_path, "en").seats) == {"b"}


def test_one_of_a_hundred_megabytes_is_said_and_not_read(tmp_path: Path) -> None:
    for name in ("result.json", "chat.txt", "a.zip", "b.eml"):
        with (tmp_path / name).open("wb") as file:
            file.truncate(100 * 2**20)
    room = gather(tmp_path, "en")
    assert {one.path for one in room.unread} == {"result.json", "chat.txt", "a.zip", "b.eml"}
    assert {one.reason for one in room.unread} == {"damaged"}


def test_a_zip_that_swells_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "LARGEST_CARRIER", 4 * 2**20)
    large = b" " * (3 * 2**20) + document("A")
    (tmp_path / "bomb.zip").write_bytes(
        packed(a__result_json=large, b__result_json=large, c__result_json=document("C"))
    )
    room = gather(tmp_path, "en")
    assert set(room.seats) == {"A"} and [one.path for one in room.unread] == ["bomb.zip/b/result.json"]


def test_names_in_a_zip_or_a_mail_reach_no_file(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    with zipfile.ZipFile(folder / "a.zip", "w") as made:
        made.writestr("../../x/result.json", document())
    (folder / "b.eml").write_bytes(mail("b@example.org", ("../../y/result.json", document())))
    before = sorted(tmp_path.rglob("*"))
    assert len(gather(folder, "en").seats) == 2 and sorted(tmp_path.rglob("*")) == before
