"""The recipes of CONTRIBUTING.md, carried out on a copy of the tree."""
from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from tests.conftest import ROOT

PAGE = ROOT / "CONTRIBUTING.md"
LEFT = shutil.ignore_patterns("__pycache__", "out", "images", ".*", "*.egg-info")


class Block(NamedTuple):
    """What a recipe puts into a file."""

    heading: str
    kind: str
    file: str
    text: str


def blocks() -> list[Block]:
    """In the page's order, each with the heading above it."""
    found = []
    for section in PAGE.read_text(encoding="utf-8").split("\n## ")[1:]:
        heading = section.splitlines()[0]
        written = re.findall(r"^```(\w+) (\S+/\S+)\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
        found += [Block(heading, *one) for one in written]
    return found


def carry_out(block: Block, tree: Path) -> None:
    """At the file's end, or as a new file; a diff takes out what stands there once."""
    file = tree / block.file
    if block.kind == "diff":
        old, new = (line[1:] for line in block.text.splitlines())
        text = file.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old} stands {text.count(old)} times in {block.file}"
        file.write_text(text.replace(old, new), encoding="utf-8")
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    between = ("\n\n" if block.kind == "python" else "\n") if before else ""
    file.write_text(before + between + block.text, encoding="utf-8")


def copy_of_the_tree(folder: Path) -> Path:
    """All that the suite and its tests are made of."""
    for name in ("checks", "fixtures", "reports", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=LEFT)
    for name in ("pyproject.toml", "conftest.py", "README.md", "README.zh.md", "CONTRIBUTING.md"):
        shutil.copy(ROOT / name, folder / name)
    return folder


def python(tree: Path, *args: str, text: str = "") -> str:
    """What this tree's own modules print; with the tail of it where they fail."""
    env = {**os.environ, "PYTHONPATH": str(tree), "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, *args], cwd=tree, env=env, input=text, capture_output=True, text=True,
                          encoding="utf-8", timeout=300)
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    return done.stdout


def pytest_in(tree: Path, *args: str) -> str:
    """The tree's own tests, or its checks, which pytest would else seek in this one."""
    return python(tree, "-m", "pytest", "-c", str(tree / "pyproject.toml"), "--rootdir", str(tree),
                  "-p", "no:cacheprovider", "-q", *args)
