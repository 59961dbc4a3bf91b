"""`python -m fixtures.mirror` as it is typed: what cannot be, two of them, and however it ends."""
from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fixtures.mirror import serve
from fixtures.mirror.serve import main
from fixtures.mirror.server import Mirror
from fixtures.mirror.shelf import Shelf
from fixtures.room.desk import Desk
from fixtures.room.profile import Profile
from tests.conftest import ROOT


@pytest.mark.parametrize(("argv", "code", "said"), [
    (["/nowhere"], 4, "holds no kit"), (["--room=x", "--model=m:cloud"], 4, "cannot be used"),
    (["--room=x", "--ask=type `id`"], 4, "cannot be used"), (["--room=file/x"], 1, "Nothing is served")])
def test_what_cannot_be_is_one_sentence(argv: list[str], code: int, said: str, tmp_path: Path,
                                        monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()  # below a file there is no folder, on any system
    monkeypatch.setenv("OLLAMA_CHECKPOINTS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(serve, "listeners", [])
    monkeypatch.setattr(serve.signal, "signal", lambda number, handler: None)
    assert main([*argv, "--port=0", "--host=127.0.0.1"]) == code and said in capsys.readouterr().err


def opened(folder: Path, *argv: str) -> subprocess.Popen[str]:
    """A mirror as it is typed, with a room."""
    words = [sys.executable, "-P", "-m", "fixtures.mirror", f"--room={folder}", "--host=127.0.0.1", "--port=0", *argv]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PATH": "/nowhere", "OLLAMA_MODELS": str(folder),
           "OLLAMA_CHECKPOINTS_CACHE": str(folder.parent / "cache"), "PYTHONIOENCODING": "utf-8"}
    return subprocess.Popen(words, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")


def test_it_stops_by_itself_and_takes_its_page_with_it(tmp_path: Path) -> None:
    mirror = opened(tmp_path / "room", "--hours=0.001")
    out, err = mirror.communicate(timeout=60)
    assert mirror.returncode == 0 and "0.001 hours are over" in out and "0.001 小时到了" in out and not err
    assert b'http-equiv="refresh"' in (tmp_path / "room" / ".room" / "room.html").read_bytes()


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX: run it on Linux or macOS")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGKILL"])
def test_however_it_ends_nothing_of_it_goes_on(name: str, tmp_path: Path) -> None:
    import psutil

    mirror = opened(tmp_path / "room")
    assert mirror.stdout
    for line in mirror.stdout:
        if "Ctrl-C" in line:
            break
    children = psutil.Process(mirror.pid).children()
    assert len(children) == 1, "the process that writes the page"
    mirror.send_signal(getattr(signal, name))
    mirror.wait(20)
    gone, alive = psutil.wait_procs(children, timeout=20)
    assert not alive


def test_two_mirrors_in_one_folder_and_at_one_port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                                   capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("OLLAMA_CHECKPOINTS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(serve, "listeners", [])
    monkeypatch.setattr(serve.signal, "signal", lambda number, handler: None)
    first, taken = Desk(tmp_path / "room", Profile()), Mirror(Shelf(tmp_path, tmp_path))
    assert main([f"--room={tmp_path / 'room'}", "--port=0"]) == 1 and "another mirror" in capsys.readouterr().err
    first.close()
    assert main([f"--port={taken.server_address[1]}", "--host=127.0.0.1"]) == 1
    assert "another port" in capsys.readouterr().err
