"""What a check found: the one record behind every report."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from fixtures.system.sentences import Sentences, Text

text = Sentences.beside(__file__, "../sentences/run.toml")
STATUSES = ("passed", "fixed", "failed", "advice", "blocked", "skipped", "crashed", "not-run")
NEEDS_A_HAND = ("failed", "crashed", "advice")
"""Of these, what a person is told to do first; the first that is there comes first."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One check's judgement.

    `values` fill the placeholders of the pitfall's texts; `evidence` is raw and goes to `-v`, the page and JSON only.
    """

    status: str
    found: Text
    expected: Text | None = None
    pitfall: str | None = None
    also: tuple[str, ...] = ()
    blocked_by: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    evidence: Mapping[str, Any] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """What needs this check may be judged."""
        return self.status in ("passed", "fixed", "advice", "skipped")

    def seen(self, **evidence: Any) -> Finding:
        """The same with more evidence."""
        return replace(self, evidence={**self.evidence, **evidence})


def passed(found: Text, expected: Text | None = None, **evidence: Any) -> Finding:
    return Finding("passed", found, expected, evidence=evidence)


def failed(
    pitfall: str, found: Text, expected: Text | None = None, also: tuple[str, ...] = (), **values: Any
) -> Finding:
    return Finding("failed", found, expected, pitfall, also, values=values)


def advice(
    pitfall: str, found: Text, expected: Text | None = None, also: tuple[str, ...] = (), **values: Any
) -> Finding:
    return Finding("advice", found, expected, pitfall, also, values=values)


def skipped(reason: Text) -> Finding:
    return Finding("skipped", reason)


def blocked(by: str) -> Finding:
    return Finding("blocked", text("waits", by=by), blocked_by=by)
