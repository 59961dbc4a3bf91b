"""Small executables that answer as Ollama's, OpenCode's and the package clients' programs do."""
from __future__ import annotations

from pathlib import Path


def script(path: Path, body: str) -> Path:
    """An executable shell script."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def ollama(prefix: Path, version: str, helper: str | None = "exit 0") -> Path:
    """`bin/ollama` of that version, as it answers where no server runs, and a helper with that body beside it."""
    program = script(prefix / "bin" / "ollama", f"echo 'Warning: client version is {version}'")
    if helper is not None:
        script(prefix / "lib" / "ollama" / "llama-server", helper)
    return program
