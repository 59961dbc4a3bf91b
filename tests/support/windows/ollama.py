"""Ollama for Windows, cross-built from its source; twenty minutes on two cores, half of them for inference."""
from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from fixtures.programs.build import HELPER_SOURCE
from fixtures.programs.programs import DEFAULT, Programs
from fixtures.programs.steps import Steps
from fixtures.sandbox.model_store import place_models
from fixtures.system.cache import Cache
from fixtures.system.cache_place import cache_dir
from tests.support.windows import machine
from tests.support.windows.machine import HERE, Windows

SECONDS = 5400.0
COMPILER = "x86_64-w64-mingw32-g++"


def skip_where_none_can_be_built() -> None:
    """It costs too much for each run."""
    if not os.environ.get("OLLAMA_CHECKPOINTS_ALL"):
        pytest.skip("no Ollama for Windows, twenty minutes to build: OLLAMA_CHECKPOINTS_ALL=1")
    if not shutil.which(COMPILER):
        pytest.skip("no Ollama for Windows: apt-get install g++-mingw-w64-x86-64")


def built() -> Path:
    """The folder that its installer would make, from the cache."""
    recipe = HERE / "ollama.sh"

    def build(work: Path) -> None:
        tools = Programs(dict(os.environ), machine.told).tools
        go = tools.system_go(work) or tools.wheel_go()
        words = ["sh", recipe, work / "part", DEFAULT, HELPER_SOURCE, sys.executable, go]
        Steps(os.environ, machine.told).run(words, work, SECONDS)

    return Cache(cache_dir(os.environ), machine.told).part(f"windows-ollama-{DEFAULT}-{machine.key(recipe)}", build)


def install(windows: Windows, models: list[str]) -> str:
    """It and the small model under these names, in the person's home; returns its program's Windows path."""
    folder = "AppData/Local/Programs/Ollama"
    shutil.copytree(built(), windows.home / folder, dirs_exist_ok=True)
    place_models(Programs(dict(os.environ)), windows.home / ".ollama" / "models", models)
    return f"{windows.profile}\\{folder}\\ollama.exe".replace("/", "\\")
