"""The reader that OpenCode has, as a judge of ours: npm's `jsonc-parser` in one long node process."""
from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.npm_package import installed

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


@pytest.fixture(scope="session")
def reference() -> Iterator[Reference]:
    judge = Reference(installed(PACKAGE))
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
