"""A folder's list of sums: what was packed is told apart from what became of it."""
from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from fixtures.system import sums


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "模型 1").mkdir()
    (tmp_path / "模型 1" / "blob").write_bytes(bytes(range(256)))
    (tmp_path / "a.txt").write_text("a")
    sums.write(tmp_path)
    return tmp_path


def found(folder: Path, below: str = "") -> dict[str, str]:
    return dict(sums.faults(folder, sums.read(folder), below))


def test_what_was_packed_is_whole(folder: Path) -> None:
    assert found(folder) == {} and sorted(sums.read(folder)) == ["a.txt", "模型 1/blob"]


@pytest.mark.skipif(not shutil.which("sha256sum"), reason="no sha256sum on PATH: install coreutils")
def test_sha256sum_reads_it(folder: Path) -> None:
    subprocess.run(["sha256sum", "--quiet", "--strict", "-c", sums.NAME], cwd=folder, check=True)


def test_each_fault_has_its_name(folder: Path) -> None:
    blob = folder / "模型 1" / "blob"
    blob.write_bytes(bytes([1, *range(1, 256)]))
    (folder / "a.txt").unlink()
    (folder / "json.py").write_text("")
    assert found(folder) == {"a.txt": "missing", "json.py": "foreign", "模型 1/blob": "damaged"}
    assert found(folder, "模型 1/") == {"模型 1/blob": "damaged"}


@pytest.mark.parametrize(
    "name", [".DS_Store", "._a.txt", "Thumbs.db", "System Volume Information/x", "a/__pycache__/b.pyc"]
)
def test_what_systems_leave_is_no_fault(name: str, folder: Path) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("")
    assert found(folder) == {}


@pytest.mark.parametrize("line", ["../../etc/passwd", "/etc/passwd", ""])
def test_a_list_that_leads_out_of_the_folder_is_none(line: str, folder: Path) -> None:
    (folder / sums.NAME).write_text(f"{'0' * 64}  {line}\n")
    with pytest.raises(ValueError):
        sums.read(folder)
