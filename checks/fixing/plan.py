"""`--fix-plan`: the steps of `--fix`, each found by judging the set-up as the steps before would leave it."""
from __future__ import annotations

from dataclasses import replace

from checks.fixing.apply import Fixes
from checks.judging.finding import Finding, advice, failed, passed, skipped
from checks.judging.graph import Check, Judgements
from checks.judging.lesson import lesson
from fixtures.facts.facts import Facts
from fixtures.fix.server import url_of
from fixtures.fix.step import Step
from fixtures.ollama.names import same_model
from fixtures.ollama.server import Model, Server, address, is_cloud_name
from fixtures.ollama.store import names
from fixtures.system.sentences import Sentences

text = Sentences.beside(__file__, "../sentences/run.toml")


class Foreseen(Judgements):
    """The checks as they would be judged after the steps planned so far; what only a chat can show is not foreseen."""

    def __init__(self, facts: Facts, planned: set[str]) -> None:
        super().__init__(facts)
        self.planned = planned

    def _judge(self, check: Check) -> Finding:
        if check.id in self.planned:
            return passed(text("planned"))
        if self.planned and check.id in ("model-listed", "chat-reply", "reply-speed", "tools-work"):
            return skipped(text("not-foreseen"))
        if self.planned and check.id == "context-window":
            return self._window()
        finding = super()._judge(check)
        if finding.status == "blocked" and finding.blocked_by in self.planned:
            if check.id == "server-listening":
                return failed("server-not-running", finding.found)
            return skipped(finding.found)
        return finding

    def _window(self) -> Finding:
        from fixtures.fix.window import predicted

        window = predicted(self.facts)
        found = text("window", window=window)
        values = {"model": self.facts.choice.name, "window": window}
        return advice("context-too-small", found, **values) if window < lesson()["context"]["least"] else passed(found)


class Plans(Fixes):
    """Every step that `--fix` would take, and nothing done: files are changed in an overlay that only the facts see."""

    outcome = "planned"

    def __init__(self, judgements: Judgements, mirror: str | None = None) -> None:
        super().__init__(judgements, mirror)
        self._planned: set[str] = set()
        self._brought: list[Model] = []
        self.seen = Foreseen(judgements.facts, self._planned)

    def __call__(self, id: str) -> Finding:
        """As it is now: a plan changes nothing."""
        self._unbroken(id)
        return self.judgements.of(id)

    def _record(self, id: str, step: Step, outcome: str) -> None:
        self.judgements.steps.append(step)
        super()._record(id, step, outcome)

    def _begin(self) -> bool:
        return False

    def _say(self, step: Step) -> None:
        """Nothing is done."""

    def _take(self, id: str, step: Step) -> None:
        facts = self.seen.facts
        if step.act:
            self._planned.add(id)
        overlay = {**facts.setup.overlay, **{change.path: change.after for change in step.changes}}
        fresh = Facts(replace(facts.setup, overlay=overlay), facts.recommend, facts.wanted, facts.full)
        self._brought += [Model(step.model, step.size or 0, False)] if step.model else []
        self._foresee(fresh)
        self.seen = Foreseen(fresh, self._planned)

    def _foresee(self, facts: Facts) -> None:
        """The server once it runs, with the models of this person's folder, and what the steps so far would bring."""
        there = facts.models
        if "server-listening" in self._planned and (where := address(url_of(facts.setup), "default")):
            program = facts.ollama_program
            facts.assume("server", Server(where, "ollama", program.version if program else None))
            there = tuple(Model(name, size, is_cloud_name(name)) for name, size in names(facts.setup.ollama_models))
        facts.assume("models", (*there, *self._brought))
        chosen = next((one for one in facts.models if same_model(one.name, facts.choice.on_server or "")), None)
        if chosen not in there or "server-listening" in self._planned:
            facts.assume("model", chosen)

    def _anew(self) -> None:
        """The overlay is all that has changed."""
