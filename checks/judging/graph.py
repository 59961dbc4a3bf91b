"""The checks by id, what each needs, and their judgements: pure functions of the facts."""
from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from checks.judging.finding import Finding, blocked
from fixtures.facts.facts import Facts
from fixtures.system.sentences import Text

if TYPE_CHECKING:
    from fixtures.fix.step import Step

Judge = Callable[[Facts], Finding]
Register = Callable[[Judge], Judge]
MODULES = ("test_step1_install", "test_step2_model", "test_step3_server", "test_step4_config", "test_step5_chat",
           "test_step5_task",
           "test_privacy")
ORDER = (
    "ollama-version", "opencode-version", "disk-space", "model-downloaded", "model-fits", "model-tools",
    "server-listening", "config-found", "config-valid", "names-agree", "model-listed", "chat-reply", "context-window",
    "reply-speed", "tools-work", "default-model", "server-exposed", "stays-local",
)
"""The lesson's order: of reports, and of `checks` in `result.json`."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its lesson step, which of the five checkpoints it is, and the checks that must hold before it."""

    id: str
    step: int | str
    checkpoint: int | None
    needs: tuple[str, ...]
    title: Text
    judge: Judge


_checks: dict[str, Check] = {}


def check(id: str, step: int | str, checkpoint: int | None = None, needs: tuple[str, ...] = ()) -> Register:
    """Make a function a check. Its docstring's first line is the English title, the second the Chinese one."""

    def register(judge: Judge) -> Judge:
        en, zh = [line.strip() for line in (judge.__doc__ or "").strip().splitlines()[:2]]
        _checks[id] = Check(id, step, checkpoint, needs, Text(en, zh), judge)
        marked = pytest.mark.check(id)(judge)
        return pytest.mark.checkpoint(checkpoint)(marked) if checkpoint else marked

    return register


def checks() -> dict[str, Check]:
    """All checks by id, in the lesson's order, whichever of their files pytest was asked to collect."""
    for name in MODULES:
        importlib.import_module(f"checks.{name}")
    return {id: _checks[id] for id in ORDER}


def run_order() -> list[str]:
    """Every check after what it needs; otherwise the lesson's order."""
    done: list[str] = []

    def visit(id: str) -> None:
        for need in checks()[id].needs:
            visit(need)
        if id not in done:
            done.append(id)

    for id in ORDER:
        visit(id)
    return done


def judging_order() -> list[str]:
    """The same, what waits for the reply last: the rest is judged while it comes."""
    order, waiting = run_order(), {"chat-reply"}
    for id in order:
        if waiting & set(checks()[id].needs):
            waiting.add(id)
    return sorted(order, key=lambda id: id in waiting)


class Judgements:
    """Each check judged once, with what it needs, also where pytest did not select that."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self._findings: dict[str, Finding] = {}
        self.fixes: list[dict[str, Any]] = []
        """What was fixed, planned or taken back in this run: the `fixes` of `result.json`."""
        self.steps: list[Step] = []
        """The steps that a plan has found."""
        self.exits: list[dict[str, Any]] = []
        """The state of each exit, once `stays-local` has been judged: the `exits` of `result.json`."""
        self.proof: dict[str, Any] | None = None
        """What was measured, where somebody asked for it: the `proof` of `result.json`."""

    def of(self, id: str) -> Finding:
        """The finding; raises what the check itself raised (a crash of the suite's, not a verdict)."""
        if id not in self._findings:
            self._findings[id] = self._judge(checks()[id])
        return self._findings[id]

    def known(self) -> dict[str, Finding]:
        """What has been judged so far."""
        return dict(self._findings)

    def forget(self) -> None:
        """Judge anew when asked: a fix has changed the facts."""
        self._findings.clear()

    def _judge(self, check: Check) -> Finding:
        for need in check.needs:
            try:
                finding = self.of(need)
            except Exception:  # its own test reports the crash
                return blocked(need)
            if not finding.holds:
                return blocked(finding.blocked_by or need)
        return check.judge(self.facts)
