"""What a run hands on besides its page: a code for a chat or a form, and one line for a program."""
from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from reports.screen import Screen, wrap
from reports.words import words

INDENT = 2
"""Columns before each piece of a code; whoever reads it minds neither blanks nor line ends."""


def code_lines(result: Mapping[str, Any], screen: Screen) -> Iterator[str]:
    """What the code is for and what it holds, and the code, as wide as the screen."""
    from reports.room.code import encode

    seat = result["seat"]
    said = words.terminal("hand-in-code", seat=seat) if seat else words.terminal("hand-in-code-no-seat")
    yield from (screen.fit(f"  {line}") for line in wrap(screen.say(said), screen.width - 4))
    code, width = encode(result), screen.width - 2 * INDENT
    yield from ("", *(" " * INDENT + code[start : start + width] for start in range(0, len(code), width)), "")


def one_line(result: Mapping[str, Any]) -> str:
    """A run as one line of JSON in ASCII, which any console passes on (README: which keys there are)."""
    first = next((one for one in result["checks"] if one["id"] == result["first"]), None)
    known = ("schema", "suite", "started", "verdict", "checkpoints", "first", "seat", "model", "versions")
    told = {"exit": result["run"]["exit"], "pitfall": first["pitfall"] if first else None}
    return json.dumps({**{key: result[key] for key in known}, **told}, default=str)
