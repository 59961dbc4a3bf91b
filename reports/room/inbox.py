"""What lies in a room's folder, as it came: results, zips of them, mails with them, and texts with codes, mixed.

Every result or code is given with the name of its place; what is no carrier of either is passed over in silence.
"""
from __future__ import annotations

import io
import os
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path, PurePosixPath

LARGEST = 8 * 1024**2
"""Bytes of a result; one has tens of thousands."""
LARGEST_CARRIER = 64 * 1024**2
"""Bytes of a zip, of a mailbox or of a chat's text, and of all that one zip holds."""
MOST_MEMBERS = 20_000
TEXTS = (".txt", ".md", ".csv", ".log", ".tsv")
MAILS = (".eml", ".mbox", ".mbx")


@dataclass(frozen=True, slots=True)
class Found:
    """One file that may be a result (`data`), or a text that holds codes; `file` where it lies on the disk itself."""

    name: str
    place: str
    data: bytes = b""
    text: str | None = None
    file: Path | None = None
    fault: str | None = None
    """Why it was not read: a key of the room's words."""


def files(folder: Path) -> Iterator[tuple[Path, str]]:
    """Every file that may carry something, with its name below the folder, each folder's names in order.

    Links to folders are not followed, so no loop can hold it up.
    """
    for top, folders, names in os.walk(folder):
        folders.sort()
        for path in (Path(top, name) for name in sorted(names)):
            name = path.relative_to(folder).as_posix()
            if is_result(PurePosixPath(name)) or path.suffix.lower() in (".zip", *MAILS, *TEXTS):
                yield path, name


def opened(path: Path, name: str, folder: Path) -> Iterator[Found]:
    """What one of them carries."""
    if is_result(PurePosixPath(name)):
        yield _read(path, name, _seat_folder(path, folder), LARGEST)
        return
    whole = _read(path, name, path.stem, LARGEST_CARRIER)
    yield from [whole] if whole.fault else _opened(name, path.stem, whole.data, path.suffix.lower())


def is_result(name: PurePosixPath) -> bool:
    return name.name == "result.json" or (name.suffix == ".json" and name.parent.name == "history")


def _seat_folder(path: Path, folder: Path) -> str:
    place = path.parent.parent if path.parent.name == "history" and path.name != "result.json" else path.parent
    return place.relative_to(folder).as_posix() if place != folder else folder.resolve().name


def _read(path: Path, name: str, place: str, most: int) -> Found:
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode) or about.st_size > most:
            return Found(name, place, fault="damaged")
        return Found(name, place, path.read_bytes(), file=path)
    except OSError:
        return Found(name, place, fault="damaged")


def _opened(name: str, place: str, data: bytes, suffix: str) -> Iterator[Found]:
    if suffix == ".zip":
        yield from _zip(name, place, data)
    elif suffix in MAILS:
        yield from _mails(name, data, box=suffix != ".eml")
    else:
        yield Found(name, place, text=_text(data))


def _text(data: bytes) -> str:
    """Notepad and PowerShell's `>` write UTF-16 with its mark; a code is ASCII in every other encoding."""
    return data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "replace")


def _zip(name: str, place: str, data: bytes) -> Iterator[Found]:
    """A report folder that somebody packed, or several; a file that lies about its size ends it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            inside = [one for one in packed.infolist()[:MOST_MEMBERS] if is_result(PurePosixPath(one.filename))]
            places = {_inner(one.filename) for one in inside}
            left = LARGEST_CARRIER
            for one in inside:
                with packed.open(one) as file:
                    part = file.read(min(LARGEST, left) + 1)
                left -= len(part)
                seat = place if len(places) == 1 else f"{place}/{_inner(one.filename)}"
                fault = "damaged" if len(part) > LARGEST or left < 0 else None
                yield Found(f"{name}/{one.filename}", seat, b"" if fault else part, fault=fault)
                if left < 0:
                    return
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError, EOFError):
        yield Found(name, place, fault="damaged")  # RuntimeError: with a password


def _inner(name: str) -> str:
    path = PurePosixPath(name)
    return (path.parent.parent if path.parent.name == "history" else path.parent).as_posix()


def _mails(name: str, data: bytes, box: bool) -> Iterator[Found]:
    import email
    from email import policy

    parts = _messages(data) if box else [data]
    for number, part in enumerate(parts, 1):
        try:
            mail = email.message_from_bytes(part, policy=policy.default)
            yield from _mail(f"{name} {number}" if box else name, mail)
        except (ValueError, LookupError, AttributeError, TypeError, IndexError, RecursionError):
            yield Found(name, name, fault="damaged")


def _messages(data: bytes) -> Iterator[bytes]:
    """Of an mbox: each begins with a line `From `."""
    start = 0 if data.startswith(b"From ") else None
    while start is not None:
        end = data.find(b"\nFrom ", start)
        yield data[start:end if end >= 0 else None].partition(b"\n")[2]
        start = end + 1 if end >= 0 else None


def _mail(name: str, mail: EmailMessage) -> Iterator[Found]:
    """Attached results and zips, and the codes of its plain text; the sender is the seat."""
    sender = mail["from"].addresses[0] if mail["from"] and mail["from"].addresses else None
    place = (sender.display_name or sender.username) if sender else name
    for part in mail.walk():
        attached = part.get_filename() or ""
        suffix = PurePosixPath(attached).suffix.lower()
        if part.is_multipart() or (not attached and part.get_content_type() != "text/plain"):
            continue
        data = part.get_payload(decode=True) or b""
        if suffix == ".json":
            yield Found(f"{name}/{attached}", place, data, fault="damaged" if len(data) > LARGEST else None)
        elif suffix in (".zip", *TEXTS) or not attached:
            yield from _opened(f"{name}/{attached or 'text'}", place, data, suffix)
