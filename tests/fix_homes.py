"""Homes for the tests of `--fix`: a person without programs, whose config alone is to be fixed."""
from __future__ import annotations

import hashlib
import json
import os
import stat
from pathlib import Path

OLD = '{\n  // mine\n  "theme": "dark"\n}\n'
"""A config that names no Ollama: `config-found` fails, and its fix edits the file."""


def make_home(folder: Path) -> Path:
    home = folder / "home"
    (home / ".config" / "opencode").mkdir(parents=True)
    config_of(home).write_text(OLD, encoding="utf-8")
    return home


def config_of(home: Path) -> Path:
    return home / ".config" / "opencode" / "opencode.json"


def env_of(home: Path, **more: str) -> dict[str, str]:
    """Nothing of the real person's; no program is found, and no server is where it would be."""
    return {"HOME": str(home), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "OLLAMA_HOST": "127.0.0.1:9", "PYTHONDONTWRITEBYTECODE": "1",
            "OLLAMA_CHECKPOINTS_CACHE": str(home.parent / "cache"), **more}


def tree(folder: Path) -> dict[str, str]:
    """Every file, folder and link below, with its rights and what it holds."""
    found = {}
    for path in sorted(folder.rglob("*")):
        mode = stat.filemode(path.lstat().st_mode)
        held = os.readlink(path) if path.is_symlink() else hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        found[str(path.relative_to(folder))] = f"{mode} {held}"
    return found


def is_new(text: str) -> bool:
    """The fixed config, whole: the comment is there, and the provider."""
    if "// mine" not in text:
        return False
    value = json.loads(text.replace("  // mine\n", ""))
    return value["theme"] == "dark" and "ollama" in value["provider"]
