"""Unpacking, by Python's own filter and where there is none: nothing lands outside."""
from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from fixtures.system.unpack import untar
from tests.support.links import need_links


def archive(*members: tuple[tarfile.TarInfo, bytes]) -> tarfile.TarFile:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for member, data in members:
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    packed.seek(0)
    return tarfile.open(fileobj=packed, mode="r|")


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname, made.mode, made.uid = kind, link, 0o4777, 12345
    return made


@pytest.fixture(params=["filter", "none"], autouse=True)
def python(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Debian 12's Python 3.11.2 has no `tarfile.data_filter`."""
    if request.param == "none":
        monkeypatch.delattr(tarfile, "data_filter", raising=False)
    elif not hasattr(tarfile, "data_filter"):
        pytest.skip("this Python has no tarfile.data_filter: run this with Python 3.11.4 or newer")


def test_files_folders_and_links_inside_come_out(tmp_path: Path) -> None:
    need_links()
    untar(archive((member("lib", tarfile.DIRTYPE), b""), (member("lib/a.so.1"), b"code"),
                  (member("lib/a.so", tarfile.SYMTYPE, "a.so.1"), b""),
                  (member("gpu/x"), b"")), tmp_path / "out", lambda name: not name.startswith("gpu"))
    assert (tmp_path / "out" / "lib" / "a.so").read_bytes() == b"code" and not (tmp_path / "out" / "gpu").exists()
    mode = (tmp_path / "out" / "lib" / "a.so.1").stat()
    assert (mode.st_mode & 0o7022, mode.st_uid == 12345) == (0, False)


@pytest.mark.parametrize("bad", [member("../out2"), member("a", tarfile.SYMTYPE, "../../etc"),
                                 member("a", tarfile.LNKTYPE, "../x"),
                                 member("b/../../c"), member("dev", tarfile.CHRTYPE)],
                         ids=["name", "link", "hard link", "dots", "device"])
def test_what_leads_out_is_refused(bad: tarfile.TarInfo, tmp_path: Path) -> None:
    with pytest.raises(tarfile.TarError):
        untar(archive((bad, b"")), tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] in ([], ["out"])
