"""What a mirror packs: the program and what it needs, and nothing that lies around it."""
from __future__ import annotations

import os
import tarfile
from pathlib import Path

import pytest

from fixtures.mirror.shelf import Shelf, ollama_binary, pack
from fixtures.system import waits
from fixtures.system.sentences import Text
from tests.support.programs_stand_ins import EXE, program

PROGRAM = "print('ollama version is 0.34.0')"
AROUND = ("payslip.pdf", "bin/mine", "lib/other/mine.so", "ollama-notes.txt", "sub/libmine.so")


def named(name: str) -> str:
    """With what programs end in on this system."""
    return name + EXE if Path(name).name in ("ollama", "opencode", "llama-server", "llama-quantize") else name


def lay(folder: Path, *names: str) -> Path:
    for name in names:
        made = program(folder / name, PROGRAM)
        if made.name != Path(named(name)).name:
            made.rename(folder / name)
    return folder


def packed(path: Path, folder: Path) -> set[str]:
    """The files in the archive."""
    binary = ollama_binary(path)
    assert binary
    row = pack("ollama", binary, folder)
    assert row["version"] == "0.34.0"
    with tarfile.open(folder / row["file"]) as tar:
        return {member.name for member in tar.getmembers() if not member.isdir()}


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    (tmp_path / "shelf").mkdir()
    return tmp_path / "shelf"


def test_program_among_a_persons_files(tmp_path: Path, shelf: Path) -> None:
    known = ("llama-server", "llama-quantize", "libggml.so", "libggml.so.1", "libggml.dylib", "mlx.metallib",
             "ggml.dll", "lib/ollama/cuda/libx.so")
    lay(tmp_path / "Downloads", "ollama", *known, *AROUND)
    assert packed(tmp_path / "Downloads" / named("ollama"),
                  shelf) == {named(f"bin/{name}") for name in ("ollama", *known)}


@pytest.mark.skipif(os.name == "nt", reason="a prefix and its links are POSIX's: run it elsewhere")
def test_program_below_a_prefix(tmp_path: Path, shelf: Path) -> None:
    lay(tmp_path / "usr", "bin/ollama", "bin/llama-server", "lib/ollama/llama-server", "lib/libc.so", *AROUND)
    (tmp_path / "ollama").symlink_to(tmp_path / "usr" / "bin" / "ollama")
    assert packed(tmp_path / "ollama", shelf) == {"bin/ollama", "lib/ollama/llama-server"}


def test_flat_release_that_came_from_a_mirror(tmp_path: Path, shelf: Path) -> None:
    """It lies in a `bin` then, and can be passed on."""
    lay(tmp_path / "bin", "ollama", "llama-server", "libggml.dylib", "mine")
    assert packed(tmp_path / "bin" / named("ollama"),
                  shelf) == {named(f"bin/{name}") for name in ("ollama", "llama-server", "libggml.dylib")}


def test_what_does_not_start_is_left_out_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is no program, as `ollama` of another system: the other one is served."""
    said: list[Text] = []
    lay(tmp_path / "bin", "opencode")
    (tmp_path / "bin" / named("ollama")).write_bytes(b"no program")
    monkeypatch.setattr(waits, "listeners", [said.append])
    shelf = Shelf(tmp_path / "models", tmp_path / "shelf")
    monkeypatch.setattr(shelf, "programs",
                        lambda: {name: tmp_path / "bin" / named(name) for name in ("ollama", "opencode")})
    (tmp_path / "bin" / named("ollama")).chmod(0o755)
    assert [row["program"] for row in shelf.index()] == ["opencode"]
    assert len(said) == 1 and "ollama is left out" in said[0].en and str(tmp_path / "bin" / "ollama") in said[0].zh
