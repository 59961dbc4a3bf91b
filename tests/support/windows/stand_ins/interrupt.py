"""Press CTRL_C_EVENT or CTRL_BREAK_EVENT in the window of `python checks`, once OpenCode is up and a check judged.

Starts itself again in a window of its own. Prints the run's exit code and how many of what it started go on."""
import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

NEW_CONSOLE, NEW_GROUP = 0x10, 0x200
PYTHON = "C:\\packages\\Scripts\\python.exe"


def opencodes() -> list[int]:
    """What stands in for OpenCode, its shim included."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            words = " ".join(process.cmdline())
            if "serve" in words and ("stand_in" in words or "opencode" in words):
                found.append(process.pid)
    return found


def wait_for(up: bool, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while bool(opencodes()) != up and time.monotonic() < deadline:
        time.sleep(0.1)
    return bool(opencodes()) == up


@ctypes.WINFUNCTYPE(ctypes.c_int, ctypes.c_uint)
def not_for_me(event: int) -> int:
    return 1


def in_the_window(key: str, told: Path) -> None:
    ctypes.windll.kernel32.SetConsoleCtrlHandler(not_for_me, True)
    result = Path("reports", "out", "result.json")
    result.unlink(missing_ok=True)
    with told.with_suffix(".log").open("wb") as log:
        alone = NEW_GROUP if key == "CTRL_BREAK_EVENT" else 0  # Break reaches a group, Ctrl-C a whole window
        run = subprocess.Popen([PYTHON, "checks", "--lang=en"], stdout=log, stderr=log, creationflags=alone)
        came_up = wait_for(True, 60)
        deadline = time.monotonic() + 60
        while not result.is_file() and time.monotonic() < deadline:  # what was judged before is told
            time.sleep(0.1)
        os.kill(run.pid if alone else 0, getattr(signal, key))
        code = run.wait(180)
    wait_for(False, 10)
    told.write_text(f"up {came_up}, exit code {code}, left {len(opencodes())}", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[3:]:
        sys.stderr = Path(sys.argv[2]).with_suffix(".err").open("w", encoding="utf-8")
        in_the_window(sys.argv[1], Path(sys.argv[2]))
    else:
        subprocess.run([sys.executable, *sys.argv, "here"], creationflags=NEW_CONSOLE, check=False)
        told = Path(sys.argv[2])
        print(
            told.read_text(encoding="utf-8")
            if told.is_file()
            else told.with_suffix(".err").read_text("utf-8", "replace")
        )
