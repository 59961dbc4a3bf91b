"""The terminal's face of a measurement (`--prove`): what tried to leave, what closes it, and last what that proves."""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reports.screen import Screen, columns, cut, pad, wrap

COLORS = {"content": "31;1", "unknown": "31;1", "traffic": "33"}


def lines(proof: Mapping[str, Any] | None, screen: Screen) -> Iterator[str]:
    """Nothing where nobody asked for a measurement."""
    if proof is None:
        return
    yield screen.paint(f"  {screen.word('proof').upper()}", "1")
    for one in proof["attempts"]:
        yield _attempt(one, screen)
    yield from _closing(proof["closing"], screen)
    for text in [*proof["remarks"], *(one["why"] for one in proof["passed_over"])]:
        for index, line in enumerate(wrap(text[screen.lang], screen.width - 6)):
            yield screen.paint(f"  {'·' if index == 0 else ' '} {line}", "2")
    yield ""
    quiet = proof["holds"] and not proof["attempts"]
    for line in wrap(proof["verdict"][screen.lang], screen.width - 4):
        yield screen.paint(f"  {line}", "32;1" if quiet else "31;1" if not proof["holds"] else "33;1")
    yield ""


def _attempt(one: Mapping[str, Any], screen: Screen) -> str:
    """Who, where to, how often and when; on the right what it is."""
    to = one["to"] if one["via"] is None else screen.word("proof-via", to=one["to"], via=one["via"])
    often = screen.word("proof-often", asked=one["asked"], tried=one["tried"], first=f"{one['first']:.0f}",
                        last=f"{one['last']:.0f}")
    kind = one["kind"]
    right = " ".join([screen.word(f"kind-{kind}"), *one["exits"][:1]])
    room = screen.width - 4 - 9 - columns(right)
    left = cut(f"{to}  {often}", room)
    return f"  {pad(one['by'], 9)}{left}{' ' * max(2, room + 2 - columns(left))}{screen.paint(right, COLORS[kind])}"


def _closing(closing: list[Mapping[str, Any]], screen: Screen) -> Iterator[str]:
    """Each line once, and never wrapped: it is copied whole. First what stands in a config, then what is typed."""
    for where, those in by_place(closing).items():
        if those:
            yield f"  {screen.word(f'proof-close-{where}')}"
            yield from (f"    {screen.paint(line, '36')}" for line in those)


def by_place(closing: list[Mapping[str, Any]]) -> dict[str, list[str]]:
    """`config` and `shell` -> the lines that close the exits there."""
    every = list(dict.fromkeys(line for one in closing for line in one["lines"]))
    return {"config": [one for one in every if one.startswith('"')], "shell": [one for one in every if one[:1] != '"']}
