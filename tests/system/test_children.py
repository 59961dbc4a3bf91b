"""What a run starts ends with it: also what has outlived its own parent, and however the run itself ends."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from fixtures.system import children
from tests.conftest import ROOT

windows = pytest.mark.skipif(
    os.name != "nt", reason="Windows' jobs and events (elsewhere the next run sweeps): run this on Windows"
)
STAYS = "import os, pathlib, sys, time; pathlib.Path(sys.argv[1]).write_text(str(os.getpid())); time.sleep(120)"
"""A program that notes its number and stays."""
PARENT = """
import os, signal, sys, time
from pathlib import Path
from fixtures.system import children
key, script, number = sys.argv[1:]
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job starts with Ctrl-C ignored
with children.open_run():
    children.start([script], dict(os.environ), Path.cwd(), Path("log"))
    try:
        while not (Path(number).exists() and Path(number).read_text()):
            time.sleep(0.05)
        if key:  # of process 0: all that share this window's keyboard, as when somebody types it
            os.kill(0 if os.name == "nt" else os.getpid(), getattr(signal, key))
        time.sleep(120)
    except KeyboardInterrupt:
        pass
"""
"""A run that waits, with that program below it; then somebody types a key, if one is named."""
KEYS = ["CTRL_C_EVENT", "CTRL_BREAK_EVENT"] if os.name == "nt" else ["SIGINT"]


def shim(folder: Path, stays: bool = True) -> tuple[list[str], Path]:
    """As npm lays a program out: a script that starts it. Returns the command, and the file with the program's number.

    Unless it `stays`, the script itself ends at once.
    """
    number, program = folder / "number", folder / "program.py"
    program.write_text(STAYS, encoding="utf-8")
    if os.name == "nt":
        script = folder / "opencode.cmd"
        start = "" if stays else 'start "" /b '
        script.write_text(f'@{start}"{sys.executable}" "{program}" "{number}"\r\n', encoding="mbcs")
    else:
        script = folder / "opencode"
        script.write_text(
            f'#!/bin/sh\n"{sys.executable}" "{program}" "{number}" {"" if stays else "&"}\n', encoding="utf-8"
        )
        script.chmod(0o755)
    return [str(script)], number


def number_in(file: Path) -> int:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if file.exists() and (text := file.read_text()):
            return int(text)
        time.sleep(0.05)
    raise AssertionError("the program did not start")


def ends(number: int, seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if psutil.Process(number).status() == psutil.STATUS_ZOMBIE:
                return True
        except (psutil.Error, OSError):
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("stays", [True, False], ids=["below its script", "without its script"])
def test_stopping_ends_the_program_behind_a_script(stays: bool, tmp_path: Path) -> None:
    argv, number = shim(tmp_path, stays)
    process = children.start(argv, os.environ, tmp_path, tmp_path / "log")
    program = number_in(number)
    if not stays:
        process.wait(timeout=30)
    children.stop(process)
    assert ends(program) and process.poll() is not None


def test_the_end_of_a_run_ends_what_outlived_its_script(tmp_path: Path) -> None:
    argv, number = shim(tmp_path, stays=False)
    children.start(argv, os.environ, tmp_path, tmp_path / "log")
    program = number_in(number)
    children.close()
    assert ends(program)
    children.begin()


def test_output_and_exit_code_come_as_ever(tmp_path: Path) -> None:
    argv = [sys.executable, "-c", "import sys; print('out'); print('err', file=sys.stderr); sys.exit(7)"]
    code, out, err = children.run(argv, os.environ, tmp_path, 30)
    assert (code, out.strip(), err.strip()) == (7, "out", "err") and not children._processes and not children._jobs


def test_a_limit_ends_it(tmp_path: Path) -> None:
    argv, number = shim(tmp_path)
    code, _, _ = children.run(argv, os.environ, tmp_path, 3)
    assert code is None and ends(number_in(number))


def test_an_installer_may_leave_what_it_started(tmp_path: Path) -> None:
    """Ollama's setup starts the app: it is not the run's to end."""
    number, program = tmp_path / "number", tmp_path / "program.py"
    program.write_text(STAYS, encoding="utf-8")
    apart = {"creationflags": 0x8} if os.name == "nt" else {"start_new_session": True}
    script = (
        f"import subprocess, sys; subprocess.Popen([sys.executable, {str(program)!r}, {str(number)!r}],"
        f" stdin=-3, stdout=-3, stderr=-3, **{apart!r})"
    )
    code, _, _ = children.run([sys.executable, "-c", script], os.environ, tmp_path, 30, lasting=True)
    app = psutil.Process(number_in(number))
    assert code == 0 and app.is_running()
    app.kill()


def running(folder: Path, key: str = "") -> tuple[subprocess.Popen[str], int]:
    """A run in a process and a window of its own, and the number of the program below its script."""
    (script,), number = shim(folder)
    new_console = {"creationflags": 0x10} if os.name == "nt" else {}
    run = subprocess.Popen(
        [sys.executable, "-c", PARENT, key, script, str(number)],
        cwd=folder,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        **new_console,
    )  # type: ignore[call-overload]
    return run, number_in(number)


@pytest.mark.parametrize("key", KEYS)
def test_a_run_that_is_interrupted_takes_its_program_along(key: str, tmp_path: Path) -> None:
    run, program = running(tmp_path, key)
    run.wait(timeout=30)
    assert ends(program)


@windows
def test_a_run_that_is_killed_takes_its_program_along(tmp_path: Path) -> None:
    run, program = running(tmp_path)
    run.kill()
    run.wait(timeout=30)
    assert ends(program)


@windows
def test_a_bootstrap_that_is_killed_takes_the_run_along(tmp_path: Path) -> None:
    number, program = tmp_path / "number", tmp_path / "program.py"
    program.write_text(STAYS, encoding="utf-8")
    become = "import sys; from fixtures.bootstrap import _become; _become(sys.argv[1:], dict(__import__('os').environ))"
    bootstrap = subprocess.Popen(
        [sys.executable, "-c", become, sys.executable, str(program), str(number)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    run = number_in(number)
    bootstrap.kill()
    bootstrap.wait(timeout=30)
    assert ends(run)


def test_a_server_that_a_fix_started_outlives_run_and_bootstrap(tmp_path: Path) -> None:
    number, program = tmp_path / "number", tmp_path / "program.py"
    program.write_text(STAYS, encoding="utf-8")
    spawn = (
        "import os, sys, time; from pathlib import Path; from fixtures.fix.server import _spawn;"
        "from fixtures.system.setup import Setup;"
        "here = Path.cwd(); _spawn(Setup({}, here, here), sys.argv[1:], dict(os.environ), here / 'log');"
        "time.sleep(120)"
    )
    become = "import sys; from fixtures.bootstrap import _become; _become(sys.argv[1:], dict(__import__('os').environ))"
    argv = [sys.executable, "-c", become, sys.executable, "-c", spawn, sys.executable, str(program), str(number)]
    bootstrap = subprocess.Popen(argv, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)})
    server = psutil.Process(number_in(number))
    bootstrap.kill()
    bootstrap.wait(timeout=30)
    assert not ends(server.pid, seconds=2)
    server.kill()
