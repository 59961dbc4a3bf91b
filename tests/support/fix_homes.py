"""Homes for the tests of `--fix`: a person without programs, whose config alone is to be fixed."""
from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.support.system_path import system_path

OLD = '{\n  // mine\n  "theme": "dark"\n}\n'
"""A config that names no Ollama: `config-found` fails, and its fix edits the file."""


def make_home(folder: Path) -> Path:
    home = folder / "home"
    (home / ".config" / "opencode").mkdir(parents=True)
    config_of(home).write_bytes(OLD.encode())  # as it stands: Windows would make two bytes of a line's end
    return home


def config_of(home: Path) -> Path:
    return home / ".config" / "opencode" / "opencode.json"


def env_of(home: Path, **more: str) -> dict[str, str]:
    """Nothing of the real person's; no program is found, and no server is where it would be."""
    return {"HOME": str(home), "PATH": system_path(), "LANG": "C.UTF-8", "OLLAMA_HOST": "127.0.0.1:9",
            "PYTHONDONTWRITEBYTECODE": "1",
            "OLLAMA_CHECKPOINTS_CACHE": str(home.parent / "cache"), **more}


def tree(folder: Path) -> dict[str, str]:
    """Every file, folder and link below, with its rights and what it holds."""
    found = {}
    for path in sorted(folder.rglob("*")):
        mode = stat.filemode(path.lstat().st_mode)
        held = os.readlink(path) if path.is_symlink() else ""
        if path.is_file() and not path.is_symlink():
            held = hashlib.sha256(path.read_bytes()).hexdigest()
        found[str(path.relative_to(folder))] = f"{mode} {held}"
    return found


def is_new(text: str) -> bool:
    """The fixed config, whole: the comment is there, and the provider."""
    if "// mine" not in text:
        return False
    value = json.loads(text.replace("  // mine\n", ""))
    return value["theme"] == "dark" and "ollama" in value["provider"]


def as_somebody(home: Path) -> tuple[str, ...]:
    """A user without rights on what root owns; whoever is not root already is one."""
    if os.geteuid() != 0:
        return ()
    tool = shutil.which("setpriv")
    probe = [tool or "", "--reuid=65534", "--clear-groups", sys.executable, "-c",
             f"import pytest, os; os.listdir({str(ROOT)!r}); os.listdir({str(home)!r})"]
    if not tool or subprocess.run(probe, capture_output=True).returncode:
        pytest.skip("root's folders are closed to a user without rights: run this as an ordinary user")
    return tuple(probe[:3])
