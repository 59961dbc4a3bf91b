"""`--fix`: after a judgement whose pitfall has a fix, take its steps and judge once more."""
from __future__ import annotations

import contextlib
import functools
from dataclasses import replace
from typing import Any

import pytest

from checks.judging.finding import Finding, failed
from checks.judging.graph import Judgements, run_order
from checks.judging.lesson import download_bytes
from checks.judging.models import smaller
from checks.judging.pitfalls import FETCHED
from checks.judging.remedies import not_the_lessons
from fixtures import command
from fixtures.facts.facts import Facts
from fixtures.fix.journal import Busy, Journal, signature, state_folder
from fixtures.fix.step import Case, FixFailed, Step, plan
from fixtures.system.sentences import Sentences, Text
from fixtures.system.waits import say
from fixtures.system.whole_file import FULL

text = Sentences.beside(__file__, "../sentences/run.toml")
MOST_ROUNDS = 8
"""One config can hold several faults, each hidden by the one before."""


class Fixes:
    """Judges a check, with its fixes; `records` are the `fixes` of `result.json`."""

    outcome = "done"

    def __init__(self, judgements: Judgements, mirror: str | None = None) -> None:
        self.judgements = self.seen = judgements
        self._mirror = mirror
        self._tried: set[tuple[str, str]] = set()
        self._mended: set[str] = set()
        self._failures: dict[str, Finding] = {}
        self._broken: dict[str, Exception] = {}
        """Checks whose fix itself broke: a fault of ours, and that check's alone."""
        self._journal: Journal | None = None
        self._known = signature(state_folder(judgements.facts.setup))

    def apply(self, ids: list[str]) -> None:
        """All fixes for these checks and what they need, each after those it rests on, before anything is reported.

        Again while something changes: what is right now may have waited for a fix further down.
        """
        for _ in range(MOST_ROUNDS):
            if not any([self._settle(id) for id in run_order() if id in ids]):
                return

    def __call__(self, id: str) -> Finding:
        """The last judgement of the check: `fixed` where a fix made it hold. Raises what its fix has raised."""
        self._unbroken(id)
        finding = self._failures.get(id) or self.judgements.of(id)
        return replace(finding, status="fixed") if finding.status == "passed" and id in self._mended else finding

    def _unbroken(self, id: str) -> None:
        if id in self._broken:
            raise self._broken[id]

    def _settle(self, id: str) -> bool:
        """Whether a fix of the check, or of what it waits for, has changed something."""
        for done in range(MOST_ROUNDS):
            try:
                culprit = self._culprit(id)
            except Exception:  # a check that breaks says so in its own test
                return done > 0
            if culprit in self._failures or culprit in self._broken or not self._mend(culprit):
                return done > 0
        return True

    def _culprit(self, id: str) -> str:
        """The check itself, or the one that it waits for in the end."""
        finding = self.seen.of(id)
        return self._culprit(finding.blocked_by) if finding.status == "blocked" and finding.blocked_by else id

    def _mend(self, id: str) -> bool:
        """Whether there is something new to judge."""
        if self._overtaken():
            return True
        finding = self.seen.of(id)
        if finding.status not in ("failed", "advice") or not finding.pitfall:
            return False
        return self.take(id, finding, self._steps(id, finding))

    def take(self, id: str, finding: Finding, planned: list[Step]) -> bool:
        """Take the steps that were not tried yet; whether there is something new to judge."""
        steps = [step for step in planned if (id, step.line.en) not in self._tried]
        to_do = [step for step in steps if not step.refused]
        if to_do and self._begin():
            return True
        for step in steps:
            self._tried.add((id, step.line.en))
            if not self._do(id, finding, step):
                return False
        if to_do:
            self._mended.add(id)
            self._anew()
        return bool(to_do)

    def _steps(self, id: str, finding: Finding) -> list[Step]:
        try:
            return plan(self._case(id, finding))
        except Exception as error:
            self._broken[id] = error
            return []

    def _overtaken(self) -> bool:
        """Another run has fixed something since this one looked."""
        now = signature(state_folder(self.judgements.facts.setup))
        if self._journal or now == self._known:
            return False
        self._known = now
        self._anew()
        return True

    def _case(self, id: str, finding: Finding) -> Case:
        mirror = self._room if finding.pitfall in FETCHED else None
        return Case(self.seen.facts, id, finding.pitfall or "", finding.status, finding.values, mirror, download_bytes)

    @functools.cached_property
    def _room(self) -> str | None:
        """`--mirror`; a rehearsal has one of its own, because nothing of it leaves the machine."""
        if self._mirror or self.judgements.facts.setup.target == "machine":
            return self._mirror
        from fixtures.mirror.server import rehearsal_mirror

        return rehearsal_mirror()

    def _begin(self) -> bool:
        """Hold the home from the first step on; whether another run has fixed something since this one looked."""
        if self._journal:
            return False
        try:
            self._journal = Journal(self.judgements.facts.setup)
        except Busy:
            pytest.exit(text("busy").both, returncode=4)
        except OSError:
            return False  # the step itself will say what cannot be written
        if self._journal.found == self._known:
            return False
        self._anew()
        return True

    def _do(self, id: str, finding: Finding, step: Step) -> bool:
        if step.refused:
            self._record(id, step, "planned")
            return True
        self._say(step)
        try:
            self._take(id, step)
        except KeyboardInterrupt:
            self._record(id, step, "failed")
            raise
        except (FixFailed, OSError) as error:
            self._record(id, step, "failed")
            self._failures[id] = _failure(finding, error)
            self._anew()
            return False
        except Exception as error:
            self._record(id, step, "failed")
            self._broken[id] = error
            self._anew()
            return False
        self._record(id, step, self.outcome)
        return True

    def _say(self, step: Step) -> None:
        """What is done now, while it is done."""
        say(text("fix", step=step.line))

    def _told(self, step: Step) -> Text:
        """The step's line; with the reason where it brings another model than the lesson names."""
        why = not_the_lessons(self.judgements.facts, [step.model]) if step.model else None
        return text("step-and-why", step=step.line, why=why) if why else step.line

    def _take(self, id: str, step: Step) -> None:
        journal = self._journal or Journal(self.judgements.facts.setup)
        step.take(journal)

    def _record(self, id: str, step: Step, outcome: str) -> None:
        changed = [{"path": str(change.path), "diff": change.diff} for change in step.changes]
        # What is left to the person is theirs to take back.
        undo = _pair(step.undo) if step.undo and not step.refused else None
        self.judgements.fixes.append(
            {"check": id, "action": _pair(self._told(step)), "changed": changed, "undo": undo, "outcome": outcome})

    def _anew(self) -> None:
        """Nothing that was read before the fix counts any more."""
        from fixtures.fix.install import with_installed

        facts = self.judgements.facts
        facts.stop_opencode()
        facts.forget()
        facts.setup = with_installed(facts.setup)
        self.judgements.forget()

    def close(self) -> None:
        if self._journal:
            self._journal.close()


def offered(facts: Facts, id: str, finding: Finding) -> Finding:
    """The finding with the steps that `--fix` would take now: only what it can do may be offered."""
    if finding.status not in ("failed", "advice") or not finding.pitfall:
        return finding
    mirror = command.SOURCE if finding.pitfall in FETCHED else None
    case = Case(facts, id, finding.pitfall, finding.status, finding.values, mirror, download_bytes)
    with contextlib.suppress(Exception):  # the diagnosis stands, also where its fix is broken: `--fix` says so
        if steps := [step.line.en for step in plan(case) if not step.refused]:
            return finding.seen(fix=steps)
    return finding


def _pair(words: Text) -> dict[str, str]:
    return {"en": words.en, "zh": words.zh}


def _failure(finding: Finding, error: FixFailed | OSError) -> Finding:
    """The finding, with what stood in the way of its fix."""
    if isinstance(error, FixFailed):
        pitfall, words, values = error.pitfall, error.words, error.values
    else:
        pitfall = "disk-full" if error.errno in FULL else None
        said = f"{error.filename or ''}: {error.strerror or error}".strip(": ")
        words, values = text("not-written", said=said), {}
    also = (finding.pitfall,) if pitfall and finding.pitfall else finding.also
    values = {"suggestion": smaller(download_bytes(str(values.get("model"))) or 0), **finding.values, **values}
    return failed(pitfall or finding.pitfall or "", Text(*words), finding.expected, also, **values)


def undo_records(done: list[Any]) -> list[dict[str, Any]]:
    """What `--undo` did, as `fixes` of `result.json`."""
    return [{"check": "", "action": _pair(one.words), "changed": [{"path": one.path, "diff": None}] if one.path else [],
             "undo": None, "outcome": "failed" if one.kept else "undone"} for one in done]
