"""Lines of a journal as a run writes them, without its records: what an earlier, a newer or a damaged one holds."""

from __future__ import annotations

import json
from typing import Any

from fixtures.fix.journal import Journal, state_folder
from fixtures.system.setup import Setup


def add_line(setup: Setup, **line: Any) -> None:
    """After those that are there; the first of a home follows the entry of the journal's own folders, which is number
    1."""
    Journal(setup).close()
    with (state_folder(setup) / "journal.jsonl").open("ab") as file:
        file.write(json.dumps(line).encode() + b"\n")


FULL = {
    "folders": {"made": []},
    "file": {"path": "/nowhere/a", "part": "/nowhere/.a.ollama-checkpoints", "after": "0" * 64},
    "tree": {"path": "/nowhere/a", "part": "/nowhere/b"},
    "link": {"path": "/nowhere/a", "target": "/b"},
    "package": {"uninstall": ["/nowhere/winget"], "folder": "/nowhere"},
    "model": {"name": "x:1b", "url": "http://127.0.0.1:9"},
    "server": {},
}
"""Kind -> a line with what it needs."""
