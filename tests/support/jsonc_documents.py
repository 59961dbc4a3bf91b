"""Documents to test with: as hostile as the grammar allows, as people write them, and damaged."""
from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

ALL = os.environ.get("OLLAMA_CHECKPOINTS_ALL") == "1"
"""Run the full numbers; by default a small share, the same one every time."""

KEYS = ["a", "b", "model", "provider", "ollama", "qwen2.5-coder:7b", "模型", "", "it's", 'say "hi"', "1", "a/b"]
STRINGS = [
    "", "x", "Ollama (local)", "http://localhost:11434/v1", "你好，请介绍：“自己”", "it's /* no */ comment", "a, b: {c}",
    'a "quoted" word', "C:\\models", "tab\there", "line\nbreak", "emoji 😀", "\u2028", "\ud800", "'single'", "{env:KEY}",
]
SCALARS: list[Any] = [*STRINGS, 0, 1, -1, 65536, 1.5, 1e300, -0.0, 10**30, True, False, None]
NOTES = ["note", "本地模型，不联网", "it's here", '"model": "x",', "{ old }", "see http://localhost:11434", "* / *", "1,", ""]
TOKENS = [
    *'{}[]:,"', '"a"', '"b"', "1", "-1", "0", "01", "1.", "1.5e3", "1e", "-", "true", "false", "null", "True", "nul",
    "//", "/*", "*/", "/", "\n", "\r", " ", "\t", "\\", "'", "“", "，", "：", "\u3000", "\ufeff", '"\\u12', '"\\x"',
    '"\t"', "x", "中", "\x00",
]


def examples(default: int, full: int) -> settings:
    """So many examples, the same ones every time, and nothing written into the tree."""
    return settings(
        max_examples=full if ALL else default, derandomize=True, database=None, deadline=None,
        suppress_health_check=list(HealthCheck),
    )


values = st.recursive(
    st.sampled_from(SCALARS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
    max_leaves=8,
)
soup = st.lists(st.sampled_from(TOKENS), max_size=12).map("".join)
"""Texts that are JSONC now and then."""


def blanks(newline: str) -> st.SearchStrategy[str]:
    """What may stand between two tokens. One draw: there are hundreds in a document."""
    parts = ["", " ", "\t", newline, *(f"//{note}{newline}" for note in NOTES), *(f"/*{note}*/" for note in NOTES)]
    return st.sampled_from([first + second for first in parts for second in parts])


GAPS = [blanks(newline) for newline in ("\n", "\r\n", "\r")]


@st.composite
def written(draw: st.DrawFn, value: Any, gap: st.SearchStrategy[str]) -> str:
    """The value as a text with anything between its tokens, trailing commas and keys given twice."""
    if isinstance(value, dict | list):
        pairs = list(value.items()) if isinstance(value, dict) else [(None, part) for part in value]
        if isinstance(value, dict) and pairs and draw(st.integers(0, 4)) == 0:
            pairs.insert(0, (pairs[-1][0], draw(st.sampled_from(SCALARS))))
        members = []
        for key, part in pairs:
            name = "" if key is None else _string(draw, key) + draw(gap) + ":" + draw(gap)
            members.append(draw(gap) + name + draw(written(part, gap)) + draw(gap))
        comma = "," + draw(gap) if members and draw(st.booleans()) else ""
        body = ",".join(members) + (comma or draw(gap))
        return f"{{{body}}}" if isinstance(value, dict) else f"[{body}]"
    return _string(draw, value) if isinstance(value, str) else json.dumps(value)


def _string(draw: st.DrawFn, value: str) -> str:
    if draw(st.booleans()) or any("\ud800" <= char <= "\udfff" for char in value):
        return json.dumps(value).replace("/", "\\/")
    return json.dumps(value, ensure_ascii=False)


@st.composite
def wild(draw: st.DrawFn) -> str:
    """A legal document in the worst of layouts."""
    gap = draw(st.sampled_from(GAPS))
    mark = draw(st.sampled_from(["", "\ufeff"]))
    return mark + draw(gap) + draw(written(draw(values), gap)) + draw(gap)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A legal document with one token put in, or put in the place of a character."""
    text = draw(wild()).removeprefix("\ufeff")
    at, length = draw(st.integers(0, len(text))), draw(st.integers(0, 1))
    changed = text[:at] + draw(st.sampled_from(["", *TOKENS])) + text[at + length :]
    return draw(st.sampled_from(["", "\ufeff"])) + changed.lstrip("\ufeff")


@dataclass(frozen=True, slots=True)
class Hand:
    """How a person writes."""

    unit: str
    newline: str
    trailing: bool
    comments: bool
    one_line: bool


hands = st.builds(
    Hand, st.sampled_from(["  ", "    ", "\t"]), st.sampled_from(["\n", "\r\n"]), st.booleans(), st.booleans(),
    st.sampled_from([False, False, False, True]),
)
configs = st.dictionaries(st.sampled_from(KEYS), values, min_size=1, max_size=4)


@st.composite
def tidy(draw: st.DrawFn, wanted: st.SearchStrategy[Any] = configs) -> str:
    """A config as a person writes it."""
    hand, value = draw(hands), draw(wanted)
    text = _tidy(draw, value, hand, "")
    first = f"// {draw(st.sampled_from(NOTES))}{hand.newline}" if hand.comments and draw(st.booleans()) else ""
    return first + text + draw(st.sampled_from(["", hand.newline]))


def _tidy(draw: st.DrawFn, value: Any, hand: Hand, indent: str) -> str:
    flat = not isinstance(value, dict | list) or not value or hand.one_line
    if flat or (indent and not any(isinstance(part, dict | list) for part in _parts(value)) and draw(st.booleans())):
        return _flat(value)
    inner, lines = indent + hand.unit, []
    pairs = list(value.items()) if isinstance(value, dict) else [(None, part) for part in value]
    for index, (key, part) in enumerate(pairs):
        comma = "," if hand.trailing or index < len(pairs) - 1 else ""
        name = "" if key is None else _flat(key) + ": "
        above, behind = (_note(draw, hand) for _ in range(2))
        if above:
            lines.append(inner + above)
        lines.append(inner + name + _tidy(draw, part, hand, inner) + comma + (behind and " " + behind))
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return hand.newline.join([opening, *lines, indent + closing])


def _parts(value: Any) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else value


def _flat(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return json.dumps(value) if "\ud800" in text else text


def _note(draw: st.DrawFn, hand: Hand) -> str:
    if not hand.comments or draw(st.integers(0, 3)):
        return ""
    note = draw(st.sampled_from(NOTES))
    return f"/* {note} */" if draw(st.booleans()) else f"// {note}"
