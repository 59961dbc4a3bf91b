"""`--fix --lock`: after the fixes, every exit that is open is closed where a config can hold its line."""
from __future__ import annotations

from collections.abc import Iterator

from checks.fixing.apply import Fixes
from checks.rules.exits import State, states, values_of
from fixtures.fix.lock import lock, yours
from fixtures.fix.step import Case, Step

CHECK = "stays-local"
KEPT = ("ollama-elsewhere", "ollama-registry", "hand-in")
"""Exits that this does not close: where somebody's Ollama stands, and what somebody types."""
ROUNDS = 2
"""The second one where another run has changed something in between."""


def close_exits(fixes: Fixes) -> None:
    """The steps that a config can hold, then the lines that only the person can type."""
    for _ in range(ROUNDS):
        if fixes.seen.facts.config.broken or not fixes.take(CHECK, fixes.seen.of(CHECK), _in_config(fixes)):
            break
    fixes.take(CHECK, fixes.seen.of(CHECK), list(_for_the_person(_open(fixes))))


def _open(fixes: Fixes) -> list[State]:
    return [one for one in states(fixes.seen.facts) if one.seen.state == "open" and one.exit.id not in KEPT]


def _in_config(fixes: Fixes) -> list[Step]:
    facts = fixes.seen.facts
    number, values = facts.generation.number, values_of(facts)
    lines = [one.exit.value(number, {**values, **more}) for one in _open(fixes) for more in one.seen.each]
    return list(lock(Case(facts, CHECK, "exit-open"), [line for line in lines if line]))


def _for_the_person(open_: list[State]) -> Iterator[Step]:
    """One line once, with all exits that it closes."""
    lines = {line: [one.exit.id for one in open_ if line in one.close] for state in open_ for line in state.close}
    yield from (yours(line, ", ".join(ids)) for line, ids in lines.items())
