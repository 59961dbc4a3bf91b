"""The terminal's face of a result: how far the person got, what to type now, and what waits for what."""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from checks.judging.finding import NEEDS_A_HAND
from checks.judging.urgency import hurts
from reports import fixes, proof
from reports.screen import Screen, columns, cut, pad, wrap
from reports.words import words
from reports.words.words import opens_on

COUNTED = ("failed", "crashed", "blocked", "advice", "not-run")
"""What a verdict counts, in this order."""
COLORS = {"passed": "32", "fixed": "32", "failed": "31;1", "crashed": "31;1", "advice": "33"}


def render(
    result: Mapping[str, Any],
    screen: Screen,
    again: str,
    report: str | None,
    quiet: bool = False,
    fix: str | None = None,
) -> list[str]:
    """The lines to print; `again` is the command that was typed, `fix` the one that takes a plan's steps."""
    lines = [] if quiet else [*_head(result, screen), ""]
    if result["run"]["mode"] in ("fix-plan", "undo"):
        lines += [*fixes.lines(result, screen), *_next(result, screen, again, fix or f"{again} --fix")]
        return [screen.fit(line) for line in lines]
    lines += [] if quiet else [*_table(result, screen), ""]
    lines += [*fixes.lines(result, screen), *_first(result, screen, again)]
    lines += [*([] if quiet else _others(result, screen)), *_verdict(result, screen, report)]
    lines += [*([] if quiet else _own(result, screen, again)), *_before_typing(result, screen), ""]
    lines += proof.lines(result.get("proof"), screen)
    return [screen.fit(line) for line in lines]


def _next(result: Mapping[str, Any], screen: Screen, again: str, fix: str) -> Iterator[str]:
    """After a plan: the command that does it, or what only the person can do. After an undo: nothing is checked."""
    first = next((one for one in result["checks"] if one["id"] == result["first"]), None)
    planned = [step["check"] for step in result["fixes"]]
    if result["run"]["mode"] == "fix-plan" and any(step["undo"] for step in result["fixes"]):
        yield from commands(screen.label("then"), [fix], screen)
        yield ""
    if first and first["status"] in ("failed", "crashed") and first["id"] not in planned:
        yield from _first(result, screen, again)


def _both_ends(left: str, right: str, width: int) -> str:
    """Left and right on one line; where both do not fit, the left gives way."""
    left = cut(left, width - columns(right) - 2) if right else left
    return f"{left}{' ' * max(2, width - columns(left) - columns(right))}{right}" if right else left


def _head(result: Mapping[str, Any], screen: Screen) -> Iterator[str]:
    run = result["run"]
    mode = run["target"] if run["target"] != "machine" else run["mode"]
    took = screen.word(f"took-{mode}", seconds=f"{result['seconds']:.1f}")
    yield _both_ends("  " + screen.word("title", lesson=result["lesson"]), took, screen.width)


def _table(result: Mapping[str, Any], screen: Screen) -> Iterator[str]:
    for step, name in words.STEPS.items():
        checks = [one for one in result["checks"] if one["step"] == step]
        label = f"{' ' if step == 'privacy' else step} {screen.say(words.names(name))}"
        for index, line in enumerate(_step(checks, result, screen)):
            yield f"  {pad(label if index == 0 else '', 11)} {line}".rstrip()


def _step(checks: list[Mapping[str, Any]], result: Mapping[str, Any], screen: Screen) -> Iterator[str]:
    for one in checks:
        if one["status"] not in ("blocked", "not-run"):
            yield _line(one, screen)
    waiting = [one for one in checks if one["status"] == "blocked"]
    for blocker in dict.fromkeys(one["blocked_by"] for one in waiting):
        names = [_name(one, screen) for one in waiting if one["blocked_by"] == blocker]
        step = next((one["step"] for one in result["checks"] if one["id"] == blocker), "?")
        yield _quiet_line(screen.word("waits", step=step), names, screen)
    if unrun := [_name(one, screen) for one in checks if one["status"] == "not-run"]:
        yield _quiet_line(screen.word("status-not-run"), unrun, screen)


def _name(one: Mapping[str, Any], screen: Screen) -> str:
    """A few words for a check that has nothing to show yet."""
    return str(one["title"]["zh"]) if screen.lang == "zh" else one["id"].replace("-", " ")


def _quiet_line(reason: str, names: list[str], screen: Screen) -> str:
    told = screen.word("not-yet", reason=reason, names=screen.word("pause").join(names))
    return screen.paint(cut(pad("·", 7) + told, screen.width - 14), "2")


def _line(one: Mapping[str, Any], screen: Screen) -> str:
    status = pad(screen.word(f"status-{one['status']}"), 7)
    room = screen.width - 14 - 7
    title = one["title"][screen.lang]
    found = one["found"][screen.lang] if one["found"] else ""
    title = cut(title, room)
    found = cut(found, room - columns(title) - 2) if room - columns(title) - 2 >= 8 else ""
    return screen.paint(status, COLORS.get(one["status"])) + _both_ends(title, found, room)


def _first(result: Mapping[str, Any], screen: Screen, again: str) -> Iterator[str]:
    one = next((check for check in result["checks"] if check["id"] == result["first"]), None)
    if one is None:
        return
    heading = screen.word("first-advice" if one["status"] == "advice" else "first").upper()
    yield screen.paint(_both_ends("  " + heading, one["pitfall"] or one["id"], screen.width), "1")
    yield from _told(screen.label("seen"), one["found"][screen.lang], screen)
    if one["status"] == "crashed":
        yield from _told(screen.label("do"), screen.word("crash", check=one["id"]), screen)
        mode = result["run"]["mode"]
        typed = f"{again} -v" if mode == "verify" else f"{again} --{mode} -v"
        yield from commands(screen.label("type"), [typed], screen)
    elif one["remedy"]:
        yield from _told(screen.label("why"), one["why"][screen.lang], screen)
        yield from _told(screen.label("do"), one["remedy"]["text"][screen.lang], screen)
        yield from commands(screen.label("type"), one["remedy"]["commands"], screen)
        yield from commands(screen.label("then"), [again], screen)
        if result["run"]["mode"] == "verify" and one["evidence"].get("fix"):
            yield from commands(screen.label("or"), [f"{again} --fix"], screen)
            yield from _told("", screen.word("fix-offer"), screen)
    if one["also"]:
        yield from _told(screen.label("also"), ", ".join(one["also"]), screen)
    yield ""


def _told(label: str, text: str, screen: Screen) -> Iterator[str]:
    for index, line in enumerate(wrap(text, screen.width - 10)):
        yield f"  {pad(label if index == 0 else '', 6)} {line}"


def commands(label: str, typed: list[str], screen: Screen) -> Iterator[str]:
    """Never wrapped: a command is copied whole."""
    for index, line in enumerate(line for command in typed for line in command.splitlines()):
        yield f"  {pad(label if index == 0 else '', 6)} {screen.paint(line, '36')}"


def _others(result: Mapping[str, Any], screen: Screen) -> Iterator[str]:
    """The rest that needs a hand, a line each."""
    rest = [one for one in result["checks"] if one["status"] in NEEDS_A_HAND and one["id"] != result["first"]]
    rest.sort(key=hurts)
    for index, one in enumerate(rest):
        text = f"{one['id']}: {one['found'][screen.lang]}"
        room = screen.width - 10 - columns(one["pitfall"] or "") - 2
        label = pad(screen.label("next") if index == 0 else "", 6)
        yield _both_ends(f"  {label} {cut(text, room)}", one["pitfall"] or "", screen.width)
    if rest:
        yield ""


def counts(result: Mapping[str, Any], screen: Screen) -> Iterator[str]:
    """How many checks need a hand, by status."""
    for status in COUNTED:
        if number := sum(one["status"] == status for one in result["checks"]):
            yield screen.word(f"count-{status}", number=number)


def _own(result: Mapping[str, Any], screen: Screen, again: str) -> Iterator[str]:
    """After a sound sandbox: what that has proven, and the command for one's own machine."""
    if result["run"]["target"] == "sandbox" and result["run"]["mode"] == "verify" and result["verdict"] == "passed":
        own = " ".join(word for word in again.split(" ") if word != "--sandbox")
        yield from (f"  {line}" for line in wrap(screen.word("proven", command=own), screen.width - 2))


def _before_typing(result: Mapping[str, Any], screen: Screen) -> Iterator[str]:
    """After a sound set-up: what to do in OpenCode's screen, where that opens on an online model."""
    if seen := opens_on(result):
        yield from (f"  {line}" for line in wrap(screen.word("before-typing", **seen), screen.width - 2))


def _verdict(result: Mapping[str, Any], screen: Screen, report: str | None) -> Iterator[str]:
    """The count, and where the page lies: on the same line if there is room."""
    points = result["checkpoints"]
    done = result["verdict"] == "passed" and points["passed"] == points["of"]
    text = screen.word("comma").join([screen.word("all" if done else "some", **points), *counts(result, screen)])
    color = {"passed": "32;1", "failed": "31;1"}.get(result["verdict"])
    fits = columns(text) + columns(report or "") + 4 <= screen.width
    if fits or not report:
        yield screen.paint(_both_ends("  " + text, report or "", screen.width), color)
    else:
        yield from (screen.paint(f"  {line}", color) for line in wrap(text, screen.width - 2))
        yield f"  {report}"
