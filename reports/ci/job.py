"""What a CI job gets of a run: JUnit's file, fit to be handed out, and GitHub's annotations and summary."""
from __future__ import annotations

import os
from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING, Protocol

import pytest

from reports import options
from reports.words import words

if TYPE_CHECKING:
    from reports.ci.github import Step
    from reports.redact.redact import Redactor
    from reports.result import Collector
    from reports.screen import Screen


class Run(Protocol):
    """What a job asks of the report it belongs to."""

    config: pytest.Config
    collector: Collector | None

    def redactor(self) -> Redactor: ...

    def screen(self) -> Screen: ...


def wanted(config: pytest.Config, env: Mapping[str, str]) -> bool:
    return bool(config.getoption("xmlpath", None)) or env.get("GITHUB_ACTIONS") == "true"


class Job:
    """Begins before the first line of the report and ends after the last."""

    def __init__(self, reporter: Run) -> None:
        self.reporter = reporter
        self.config = reporter.config
        self.step: Step | None = None

    @pytest.hookimpl(trylast=True)
    def pytest_sessionstart(self) -> None:
        from reports.ci.github import begin

        self.step = begin(os.environ, self._say)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, exitstatus: int) -> Generator[None, object, object]:
        """After everybody else: JUnit's file is written then, and the report printed."""
        try:
            return (yield)
        finally:
            self._finish_junit()
            if self.step:
                self._finish_step(self.step, int(exitstatus))

    def _say(self, line: str) -> None:
        """One line, at once: progress is written past this buffer."""
        if terminal := self.config.pluginmanager.get_plugin("terminalreporter"):
            terminal.write_line(line)
            terminal.flush()

    def _finish_junit(self) -> None:
        from reports.ci.junit import finish, logfile

        path = logfile(self.config.getoption("xmlpath", None))
        if path and (problem := finish(path, self.reporter.redactor().text)):
            self._say(f"  {' / '.join(words.terminal('no-junit'))}: {problem}")

    def _finish_step(self, step: Step, exit: int) -> None:
        step.end()
        if not self.reporter.collector:
            return
        from reports.ci.github import nearer, places

        result, judgements = self.reporter.collector.result(exit), self.reporter.collector.judgements
        redact = self.reporter.redactor().text
        workspace = os.environ.get("GITHUB_WORKSPACE") if result["run"]["target"] == "machine" else None
        if workspace:
            result = nearer(result, redact(workspace))
        found = places(judgements.known() if judgements else {}, workspace, redact)
        step.tell(result, found, self.reporter.screen(), options.again(self.config))
