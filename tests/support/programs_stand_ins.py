"""Small executables that answer as Ollama's, OpenCode's and the package clients' programs do."""

from __future__ import annotations

import io
import os
import sys
import zipfile
from importlib import resources
from pathlib import Path

SYSTEM = {
    name: os.environ[name]
    for name in ("SYSTEMROOT", "TEMP", "TMP", "PATHEXT", "COMSPEC")
    if name in os.environ and os.name == "nt"
}
"""What every program of Windows is started with."""
EXE = ".exe" if os.name == "nt" else ""


PYTHON = Path(sys.executable).resolve()
"""Not the environment's, below a home whose name may hold a space: a script's first line takes none."""


def program(path: Path, source: str) -> Path:
    """An executable that runs this Python; on Windows an `.exe`, by the launcher that pip brings along."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if os.name != "nt":
        path.write_text(f"#!{PYTHON}\n{source}\n", encoding="utf-8")
        path.chmod(0o755)
        return path
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("__main__.py", source)
    launcher = resources.files("pip._vendor.distlib").joinpath("t64.exe").read_bytes()
    target = path if path.suffix else path.with_name(f"{path.name}{EXE}")
    target.write_bytes(launcher + f'#!"{sys.executable}"\r\n'.encode() + packed.getvalue())
    return target


def script(path: Path, body: str) -> Path:
    """An executable shell script."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def ollama(prefix: Path, version: str, helper: str | None = "") -> Path:
    """`bin/ollama` of that version, as it answers where no server runs, and a helper of that Python beside it."""
    made = program(prefix / "bin" / "ollama", f"print('Warning: client version is {version}')")
    if helper is not None:
        program(prefix / "lib" / "ollama" / "llama-server", helper)
    return made
