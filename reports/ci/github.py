"""GitHub Actions' face of a result: an annotation for each failure, and the job's summary.

Workflow commands and their limits: https://docs.github.com/actions/reference/workflow-commands-for-github-actions and
https://github.com/actions/toolkit/blob/main/docs/problem-matchers.md.
"""
from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reports.screen import Screen

if TYPE_CHECKING:
    from checks.judging.finding import Finding

Say = Callable[[str], None]
"""Writes one line to the step's standard output, past pytest's capture."""
Redact = Callable[[str], str]
MOST_ANNOTATIONS = 10
"""Of each kind, in one step; GitHub drops the rest without a word."""
MOST_MESSAGE, MOST_TITLE = 8000, 200
KINDS = {"failed": "error", "crashed": "error", "advice": "warning", "fixed": "notice"}
MOST_LINES = 12
"""Of a crash: its end says what it was; the page has it whole."""
DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
PROPERTY = {**DATA, ":": "%3A", ",": "%2C"}
"""As actions/toolkit's core/src/command.ts escapes them."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a config: `shown` for people, redacted; `file` relative to the workspace, where it lies in that."""

    shown: str
    file: str | None = None
    line: int | None = None


def places(findings: Mapping[str, Finding], workspace: str | None, redact: Redact) -> dict[str, Place]:
    """The places that findings name, by check; `workspace` is None where the set-up is a sandbox."""
    named = {id: finding.values for id, finding in findings.items() if finding.values.get("file")}
    return {id: _place(str(values["file"]), values.get("line"), workspace, redact) for id, values in named.items()}


def _place(file: str, line: Any, workspace: str | None, redact: Redact) -> Place:
    shown = redact(f"{file}:{line}" if line else file)
    inside = _inside(file, workspace)
    if inside is None or redact(inside) != inside:
        return Place(shown)
    return Place(shown, inside, line if isinstance(line, int) else None)


def _inside(file: str, workspace: str | None) -> str | None:
    """GitHub shows an annotation beside the line only for a file of the repository."""
    try:
        path = Path(file).expanduser().resolve()
        return path.relative_to(Path(workspace).resolve()).as_posix() if workspace and path.is_file() else None
    except (OSError, RuntimeError, ValueError):
        return None


def nearer(value: Any, folder: str) -> Any:
    """The same, with paths in `folder` as the repository has them; commands stay whole: they are typed elsewhere."""
    if isinstance(value, str):
        here = folder.rstrip("/" + os.sep)
        return value.replace(here + os.sep, "").replace(f"{here}/", "")
    if isinstance(value, Mapping):
        return {key: part if key == "commands" else nearer(part, folder) for key, part in value.items()}
    return [nearer(part, folder) for part in value] if isinstance(value, list) else value


class Step:
    """The step this run is in.

    What servers and models answered is printed, and a line that begins with `::` or holds `##[` would be obeyed by the
    runner: commands are stopped from here to `end`, with a word that nobody can guess.
    """

    def __init__(self, env: Mapping[str, str], say: Say) -> None:
        self.env, self.say = env, say
        self.word = secrets.token_hex(16)
        say(f"::stop-commands::{self.word}")

    def end(self) -> None:
        """Commands are obeyed again."""
        self.say(f"::{self.word}::")

    def tell(self, result: Mapping[str, Any], found: Mapping[str, Place], screen: Screen, again: str) -> None:
        """Annotate and summarise. The screen's encoding binds what is printed; the summary is a file in UTF-8."""
        from reports.ci.summary import write

        for line in annotations(result, found, screen, again):
            self.say(screen.fit(line))
        if problem := write(self.env["GITHUB_STEP_SUMMARY"], result, Screen(result["lang"]), again):
            self.say(command("warning", problem, title="GITHUB_STEP_SUMMARY"))


def begin(env: Mapping[str, str], say: Say) -> Step | None:
    """The step, where this run is one of a GitHub job."""
    return Step(env, say) if env.get("GITHUB_ACTIONS") == "true" and env.get("GITHUB_STEP_SUMMARY") else None


def annotations(result: Mapping[str, Any], found: Mapping[str, Place], screen: Screen, again: str) -> Iterator[str]:
    """One for each failure, crash, advice and repair, the first remedy first; at most ten of a kind."""
    by_kind: dict[str, list[Mapping[str, Any]]] = {"error": [], "warning": [], "notice": []}
    for one in sorted(result["checks"], key=lambda one: one["id"] != result["first"]):
        if kind := _kind(one, result):
            by_kind[kind].append(one)
    for kind, records in by_kind.items():
        shown = records if len(records) <= MOST_ANNOTATIONS else records[: MOST_ANNOTATIONS - 1]
        yield from (_annotation(kind, one, found.get(one["id"]), screen, again) for one in shown)
        if len(records) > len(shown):
            yield command(kind, screen.word("more", number=len(records) - len(shown)))


def _kind(one: Mapping[str, Any], result: Mapping[str, Any]) -> str | None:
    strict = one["status"] == "advice" and result["run"]["strict"]
    return "error" if strict else KINDS.get(one["status"])


def _annotation(kind: str, one: Mapping[str, Any], place: Place | None, screen: Screen, again: str) -> str:
    where = {"file": place.file, "line": place.line} if place else {}
    title = " ".join(filter(None, [screen.word(f"status-{one['status']}"), one["id"], one["pitfall"]]))
    return command(kind, "\n".join(_message(one, place, screen, again)), **where, title=title[:MOST_TITLE])


def _message(one: Mapping[str, Any], place: Place | None, screen: Screen, again: str) -> Iterator[str]:
    """Sentence, place, what was seen, why, and what to type."""
    found = one["found"][screen.lang] if one["found"] else ""
    yield one["title"][screen.lang]
    where = f"{place.shown} " if place and not place.file and place.shown not in found else ""
    yield f"{screen.label('seen')}: {where}{found}"
    if one["status"] == "crashed":
        yield screen.word("crash", check=one["id"])
        yield from str(one["evidence"].get("error", "")).splitlines()[-MOST_LINES:]
    if one["status"] in ("failed", "advice") and one["remedy"]:
        yield f"{screen.label('why')}: {one['why'][screen.lang]}"
        yield f"{screen.label('do')}: {one['remedy']['text'][screen.lang]}"
        yield from one["remedy"]["commands"]


def command(kind: str, message: str, **properties: str | int | None) -> str:
    """A workflow command on one line, whatever it is told."""
    given = {name: str(value) for name, value in properties.items() if value is not None}
    listed = ",".join(f"{name}={_escaped(value, PROPERTY)}" for name, value in given.items())
    return f"::{kind}{' ' + listed if listed else ''}::{_escaped(message[:MOST_MESSAGE], DATA)}"


def _escaped(text: str, codes: Mapping[str, str]) -> str:
    return re.sub("[" + re.escape("".join(codes)) + "]", lambda match: codes[match[0]], "\n".join(text.splitlines()))
