"""The tables of words: each face has its own, and all share `names`."""
from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fixtures.system.sentences import Sentences, Text

STEPS = {1: "install", 2: "model", 3: "server", 4: "config", 5: "chat", "privacy": "privacy"}
CHECKPOINTS = {1: "install", 2: "server", 3: "config", 4: "listed", 5: "reply"}
"""What a step and a checkpoint of the lesson are called: keys of `names`."""
MARKS = {"passed": "✓", "fixed": "✓", "failed": "✕", "advice": "!", "blocked": "…", "skipped": "–",
         "crashed": "✕", "not-run": "○"}
SYSTEMS = {"linux": "Linux", "macos": "macOS", "windows": "Windows"}
"""Names and marks that read alike in both languages."""

FOLDER = Path(__file__).parent
names = Sentences(FOLDER / "names.toml")


class Words:
    """A face's words: its own, and for whatever it does not call otherwise those of all faces."""

    def __init__(self, table: str) -> None:
        self.own = Sentences(FOLDER / table)

    def __call__(self, key: str, **values: object) -> Text:
        return (self.own if key in self.own.table else names)(key, **values)


terminal = Words("terminal.toml")
page = Words("page.toml")
room = Words("room.toml")
usage = Words("usage.toml")


def opens_on(result: Mapping[str, Any]) -> Mapping[str, Any]:
    """After a sound set-up whose OpenCode opens on another machine's model: what `before-typing` is told. Else empty."""
    sound = result["verdict"] == "passed" and result["run"]["target"] == "machine"
    seen = next((one["evidence"] for one in result["checks"] if one["id"] == "stays-local"), {})
    return seen if sound and seen.get("screen") else {}
