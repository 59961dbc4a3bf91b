"""The state of every exit of the ledger on this machine: pure functions of the facts."""
from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from checks.judging.exits import Exit, ledger
from fixtures.facts.facts import Facts
from fixtures.system.sentences import Text
from fixtures.system.url import parse_url

MODULES = ("opencode_exits", "code_exits", "fetched_exits", "ollama_exits")
TOLD_BY_OTHERS = ("default-model", "small-model", "share", "proxy", "ollama-cloud-model", "ollama-cloud-alias",
                  "ollama-listens", "ollama-origins", "ollama-elsewhere")
"""Exits with a pitfall of their own, which their check tells of: nothing is told twice."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a rule saw.

    `asked` of an open exit: nobody (it needs no one), somebody (chosen on purpose), request (it waits for a person's
    key or a model's call). `names`: hosts that this config names; `values`: its own for the closing line.
    """

    state: str
    why: Text
    asked: str = "request"
    names: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    others: tuple[Mapping[str, str], ...] = ()
    """Where the line is needed more than once: what the further ones are filled with."""

    @property
    def each(self) -> list[Mapping[str, str]]:
        """The values of every line that is needed."""
        return [self.values, *self.others]


Rule = Callable[[Facts], Seen]
_rules: dict[str, Rule] = {}


def rule(*ids: str) -> Callable[[Rule], Rule]:
    """Make a function the judgement of these exits."""

    def register(judge: Rule) -> Rule:
        _rules.update(dict.fromkeys(ids, judge))
        return judge

    return register


def rules() -> dict[str, Rule]:
    """Exit id -> its judgement."""
    for name in MODULES:
        importlib.import_module(f"checks.rules.{name}")
    return _rules


def is_open(why: Text, asked: str = "request", *urls: object, **values: str) -> Seen:
    return Seen("open", why, asked, tuple(dict.fromkeys(filter(None, map(host_of, urls)))), values)


def closed(why: Text) -> Seen:
    return Seen("closed", why)


def not_judged(why: Text) -> Seen:
    return Seen("not-judged", why)


def host_of(url: object) -> str:
    """The name in an address; "" where it is none."""
    where = parse_url(str(url))
    return where.host if where else ""


@dataclass(frozen=True, slots=True)
class State:
    """One row of the ledger on this machine; `close` are the lines that shut it, for this OpenCode and this system."""

    exit: Exit
    seen: Seen
    close: tuple[str, ...]

    @property
    def unasked(self) -> bool:
        """Content leaves by it, and nobody has to do anything for that."""
        return self.exit.kind == "content" and self.seen.state == "open" and self.seen.asked == "nobody"

    def record(self) -> dict[str, Any]:
        """A row of `exits` in `result.json`."""
        row, seen = self.exit, self.seen
        return {
            "id": row.id, "program": row.program, "kind": row.kind, "state": seen.state,
            "asked": seen.asked if seen.state == "open" else None,
            "what": dict(row.what), "when": dict(row.when), "why": {"en": seen.why.en, "zh": seen.why.zh},
            "hosts": list(dict.fromkeys((*seen.names, *row.hosts))), "reads": list(row.reads),
            "close": list(self.close) if seen.state != "closed" else [], "source": row.source,
        }


def states(facts: Facts) -> list[State]:
    """Every exit that the installed OpenCode, Ollama and this suite have."""
    number = facts.generation.number
    return [_state(facts, row, number) for row in ledger().values() if row.concerns(number)]


def _state(facts: Facts, row: Exit, number: int) -> State:
    seen = rules()[row.id](facts)
    os, values = facts.setup.pretend.get("os", facts.setup.os), values_of(facts)
    lines = [line for more in seen.each for line in row.lines(number, os, {**values, **more})]
    return State(row, seen, tuple(lines))


def values_of(facts: Facts) -> dict[str, str]:
    """What the closing lines are filled with."""
    local = facts.provider or "ollama"
    return {"provider": local, "model": facts.choice.key}


def unasked(facts: Facts) -> State | None:
    """The first open content exit that nobody asked for and that no other finding tells of."""
    found: Iterator[State] = (one for one in states(facts) if one.unasked and one.exit.id not in TOLD_BY_OTHERS)
    return next(found, None)
