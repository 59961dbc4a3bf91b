"""The job's summary on GitHub: Markdown of a result in which no text of a server, a model or a config is markup."""
from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from checks.judging.finding import NEEDS_A_HAND
from checks.judging.urgency import hurts
from reports.screen import Screen
from reports.terminal import counts
from reports.words import words

MOST_BYTES = 1024 * 1024
"""Of all summaries of a step together; GitHub shows nothing at all above it."""
MOST_TEXT, MOST_ERROR = 1000, 4000
"""Characters of a sentence, and of a traceback's end."""
PROGRAMS = {"ollama": "Ollama", "ollama_server": "Ollama server", "opencode": "OpenCode"}
_MARKUP = re.compile(r"[\\`*_\[\]<>&|~#@$^{}]|:(?=//|[\w+-]+:)|(?<=\b[wW]{3})\.")
"""What Markdown, HTML, tables, mentions, formulas, emoji names and bare addresses begin with."""


def write(path: str, result: Mapping[str, Any], screen: Screen, again: str) -> str | None:
    """Add to the step's summary; returns why that could not be done."""
    try:
        file = Path(path)
        room = MOST_BYTES - (file.stat().st_size if file.exists() else 0)
        with file.open("a", encoding="utf-8", errors="replace", newline="\n") as out:
            out.write(fit(sections(result, screen, again), room, screen))
    except OSError as error:
        return f"{error.strerror}"
    return None


def fit(parts: Iterator[str], room: int, screen: Screen) -> str:
    """As many whole sections as there is room for, in bytes."""
    ending = f"\n{screen.word('cut')}\n"
    text, left = "", room - len(ending.encode())
    for part in parts:
        left -= len(part.encode("utf-8", "replace")) + 1
        if left < 0:
            return text + ending if room >= len(ending.encode()) else ""
        text += part + "\n"
    return text


def sections(result: Mapping[str, Any], screen: Screen, again: str) -> Iterator[str]:
    """What is wrong and what to type come before what was seen."""
    yield f"## {plain(screen.word('title', lesson=result['lesson']))}\n\n{_headline(result, screen)}\n"
    yield from _first(result, screen, again)
    steps = {one["id"]: one["step"] for one in result["checks"]}
    yield _table((one for one in result["checks"] if one["checkpoint"]), steps, screen)
    yield from _others(result, screen)
    yield from _fixes(result, screen)
    whole = _table(result["checks"], steps, screen)
    yield f"<details><summary>{screen.word('all-checks')}</summary>\n\n{whole}\n</details>\n"


def plain(text: str) -> str:
    """Text that stays text, on one line: also in a table's cell."""
    line = " ".join(text.split())
    return _MARKUP.sub(_inert, line if len(line) <= MOST_TEXT else line[:MOST_TEXT] + "…")


def _inert(match: re.Match[str]) -> str:
    """As an entity, which begins no markup; mentions and mail addresses are sought later, in one element's text."""
    return "<span>@</span>" if match[0] == "@" else f"&#{ord(match[0])};"


def fence(text: str, language: str = "") -> str:
    """A block to copy; its fence is longer than any run of backticks inside."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    marks = "`" * max(3, longest + 1)
    return f"{marks}{language}\n{text.rstrip()}\n{marks}\n"


def _headline(result: Mapping[str, Any], screen: Screen) -> str:
    """How far it got, then whose result it is and of what."""
    points = result["checkpoints"]
    key = "all" if result["verdict"] == "passed" and points["passed"] == points["of"] else "some"
    verdict = " · ".join([screen.word(key, **points), *counts(result, screen)])
    facts = [f"{screen.label(key)} {result[key]}" for key in ("seat", "model") if result[key]]
    facts += [f"{PROGRAMS[name]} {version}" for name, version in result["versions"].items() if version]
    return f"**{plain(verdict[:1].upper() + verdict[1:])}**\n\n{plain(' · '.join(facts))}"


def _first(result: Mapping[str, Any], screen: Screen, again: str) -> Iterator[str]:
    one = next((check for check in result["checks"] if check["id"] == result["first"]), None)
    if one is None:
        return
    heading = screen.word("first-advice" if one["status"] == "advice" else "first")
    yield f"### {heading}: {plain(one['pitfall'] or one['id'])}\n"
    yield _told(screen.label("seen"), one["found"], screen)
    if one["status"] == "crashed":
        yield f"**{screen.label('do')}** {plain(screen.word('crash', check=one['id']))}\n"
        yield fence(str(one["evidence"].get("error", ""))[-MOST_ERROR:])
    elif one["remedy"]:
        yield _told(screen.label("why"), one["why"], screen)
        yield _told(screen.label("do"), one["remedy"]["text"], screen)
        yield from map(fence, one["remedy"]["commands"])
        yield f"**{screen.label('then')}**\n\n{fence(again)}"


def _told(label: str, text: Mapping[str, str] | None, screen: Screen) -> str:
    return f"**{label}** {plain(text[screen.lang])}\n" if text else ""


def _table(checks: Iterable[Mapping[str, Any]], steps: Mapping[str, Any], screen: Screen) -> str:
    head = ["", *(screen.word(key) for key in ("checkpoint", "status", "found"))]
    rows = [head, ["---"] * len(head), *(_row(one, steps, screen) for one in checks)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"


def _row(one: Mapping[str, Any], steps: Mapping[str, Any], screen: Screen) -> list[str]:
    status = screen.word(f"status-{one['status']}")
    if one["status"] == "blocked":
        status = screen.word("waits", step=steps.get(one["blocked_by"], "?"))
    found = one["found"][screen.lang] if one["found"] and one["status"] != "blocked" else ""
    return [str(one["checkpoint"] or ""), plain(one["title"][screen.lang]), plain(status), plain(found)]


def _others(result: Mapping[str, Any], screen: Screen) -> Iterator[str]:
    rest = [one for one in result["checks"] if one["status"] in NEEDS_A_HAND]
    if rest := sorted((one for one in rest if one["id"] != result["first"]), key=hurts):
        lines = (f"- {plain(one['pitfall'] or one['id'])}: {plain(one['found'][screen.lang])}" for one in rest)
        yield f"### {screen.word('next')}\n\n" + "\n".join(lines) + "\n"


def _fixes(result: Mapping[str, Any], screen: Screen) -> Iterator[str]:
    if result["fixes"]:
        heading = screen.word(f"summary-{result['run']['mode']}")
        yield f"### {heading}\n"
    for fix in result["fixes"]:
        action = fix["action"] if isinstance(fix["action"], str) else fix["action"][screen.lang]
        outcome = screen.say(words.names(f"outcome-{fix['outcome']}"))
        yield f"- {plain(fix['check'])}: {plain(action)} ({outcome})\n"
        changes = (change for change in fix["changed"] if change["diff"])
        yield from (f"  {plain(change['path'])}\n\n{fence(change['diff'], 'diff')}" for change in changes)
