"""The reader that OpenCode has, as a judge of ours: npm's `jsonc-parser` in one long node process.

It is kept in the user's cache folder, so that only the first run asks npm.
"""
from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

PACKAGE = "jsonc-parser@3.3.1"
DRIVER = r"""
const { parse, visit } = require("jsonc-parser");
require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const text = JSON.parse(line), errors = [], comments = [];
  const value = parse(text, errors, { allowTrailingComma: true });
  visit(text, { onComment: (start, length) => comments.push(text.substr(start, length)) });
  const first = errors.length ? Array.from(text.slice(0, errors[0].offset)).length : null;
  console.log(JSON.stringify({ value: value === undefined ? null : value, first, comments }));
});
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What jsonc-parser says. `first`: where its first error is, in characters; None where it accepts the text."""

    value: Any
    first: int | None
    comments: list[str]


class Reference:
    """The process: one line of JSON in, one out."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [shutil.which("node") or "node", "-e", DRIVER],
            cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8",
        )

    def read(self, text: str) -> Verdict:
        """OpenCode reads a file without its byte order mark."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps(text.removeprefix("\ufeff")) + "\n")
        self.process.stdin.flush()
        return Verdict(**json.loads(self.process.stdout.readline()))

    def close(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(timeout=10)


def installed() -> Path:
    """The folder with the package; skips the test where it cannot be had."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "ollama-checkpoints" / "tests" / "jsonc-parser"
    npm = shutil.which("npm")
    if not npm or not shutil.which("node"):
        pytest.skip("node and npm are not on PATH: jsonc-parser, the reader to compare with, cannot be had")
    if not (folder / "node_modules" / "jsonc-parser" / "package.json").is_file():
        folder.mkdir(parents=True, exist_ok=True)
        command = [npm, "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--ignore-scripts", PACKAGE]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120, check=False)
        if done.returncode:
            pytest.skip(f"npm could not fetch {PACKAGE}: {done.stderr.strip()[-200:]}")
    return folder


@pytest.fixture(scope="session")
def reference() -> Iterator[Reference]:
    judge = Reference(installed())
    yield judge
    judge.close()


def comparable(value: Any) -> Any:
    """The value as both languages can say it: JavaScript has doubles only, no Infinity in JSON, no -0; we print no half
    surrogates."""
    if isinstance(value, dict):
        return {comparable(key): comparable(part) for key, part in value.items()}
    if isinstance(value, list):
        return [comparable(part) for part in value]
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, bool) or value is None:
        return value
    try:
        number = float(value)
    except OverflowError:
        return None
    return None if number in (float("inf"), float("-inf")) else number + 0.0
