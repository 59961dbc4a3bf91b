"""The pytest plugin: takes what the checks found, shows it, writes it down."""
from __future__ import annotations

import contextlib
import functools
import gc
import os
import sys
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from checks.judging.run import FINDING, JUDGEMENTS, mode
from fixtures import command
from fixtures.system import stream, tables
from reports import ending, options
from reports.ci import job as ci
from reports.language import shown, usual
from reports.words import words

if TYPE_CHECKING:
    from reports.redact.redact import Redactor
    from reports.result import Collector
    from reports.screen import Screen
    from reports.visit import Visit

stream.forgive(sys.__stdout__, sys.__stderr__)
STDOUT = stream.again(os.dup(1), sys.__stdout__)
"""pytest redirects the original while tests run; progress is for whoever sits before it."""


def pytest_addoption(parser: pytest.Parser) -> None:
    options.add(parser)


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, args: list[str]) -> None:
    options.refuse_foreign_root(early_config, args)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    if not options.concerns_checks(config):
        return
    # a checkout's conftest.py comes after the root
    options.refuse_foreign_root(config, list(config.invocation_params.args))
    options.refuse_impossible(config)
    if not config.option.collectonly:
        reporter = Reporter(config)
        config.pluginmanager.register(reporter, "ollama-checkpoints")
        if ci.wanted(config, os.environ):
            config.pluginmanager.register(ci.Job(reporter), "ollama-checkpoints-ci")


class Reporter:
    """One run's report."""

    def __init__(self, config: pytest.Config) -> None:
        from reports.progress import Progress

        self.config = config
        self.visit: Visit | None = None
        if config.option.room is not None:  # without `--room` nothing of it is even loaded
            from reports.visit import Visit

            self.visit = Visit(config, sys.__stderr__ if config.option.json else STDOUT)
        self.lang = config.option.lang or usual()
        self.folder = self._folder()
        self.collector: Collector | None = None
        self.began = time.monotonic()
        tables.only_read(config.option.fix_plan)
        gc.disable()  # a run of seconds has more to do than to look for what could go
        self.progress = Progress(shown(self.lang, STDOUT), STDOUT)
        self.unwritten: str | None = None
        self.verbose, self.quiet = config.option.verbose > 0, config.option.verbose < 0
        self._signals = ending.take_over()
        if not self.verbose:
            options.silence(config)

    def _folder(self) -> Path:
        usual = command.report_folder(self.config.invocation_params.dir)
        folder = Path(self.config.option.report_dir or usual).absolute()
        return folder / self.config.option.seat if self.config.option.seat else folder

    @pytest.hookimpl(trylast=True)
    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """pytest would put the name of its exception before our sentence."""
        terminal = self.config.pluginmanager.get_plugin("terminalreporter")
        if terminal and excinfo.errisinstance(pytest.exit.Exception):
            terminal._keyboardinterrupt_memo = None
            terminal.write_line(f"\n{excinfo.value}")

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """No letters: the report tells it all."""
        return None if self.verbose else ("passed" if report.passed else report.outcome, "", "")

    def pytest_sessionstart(self) -> None:
        """pytest ends lines that it never began: with `--json` whatever it says goes where errors go."""
        terminal = self.config.pluginmanager.get_plugin("terminalreporter")
        if self.config.option.json and terminal:
            terminal._tw._file = sys.__stderr__

    @pytest.hookimpl(wrapper=True)
    def pytest_collection(self, session: pytest.Session) -> Generator[None, object, object]:
        """Facts are read from the end of the collection on, and may take long at once."""
        if not self.config.option.json:
            self.progress.start()
        return (yield)

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        self._begin()["selected"] = True

    def redactor(self) -> Redactor:
        from reports.redact.redact import Redactor

        return self.collector.redactor if self.collector else Redactor(os.environ, Path.home())

    def _begin(self) -> dict[str, Any]:
        """The collector's `run`; it exists from the first thing there is to note."""
        if self.collector is None:
            from reports.result import Collector

            option = self.config.option
            target = "rehearse" if option.rehearse else "sandbox" if option.sandbox else "machine"
            run = {"mode": mode(self.config), "target": target, "strict": option.strict_checks}
            run["selected"] = options.narrowed(self.config)
            self.collector = Collector(run, self.lang, option.seat, options.again(self.config), self.redactor())
            self.collector.began = self.began  # fixes come before the first check is reported
        return self.collector.run

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """What the check found, in the report that JUnit and `-v` read."""
        report = yield
        mark = item.get_closest_marker("check")
        if mark and (call.when == "call" or report.failed):
            self._take(mark.args[0], item, report, call)
        return report

    def _take(self, id: str, item: pytest.Item, report: pytest.TestReport, call: pytest.CallInfo[None]) -> None:
        self._begin()
        collector = self.collector
        assert collector
        collector.look_at(self.config.stash.get(JUDGEMENTS, None))
        finding = item.stash.get(FINDING, None)
        if finding is None or call.when != "call":
            collector.crashed(id, call.duration, str(report.longrepr))
        else:
            collector.take(id, finding, call.duration)
        from reports.ci.junit import describe

        describe(item, report, collector.record(id), self.lang)
        self._write()

    def _write(self, exit: int | None = None) -> dict[str, Any] | None:
        """A report that cannot be written is one sentence and changes no verdict. `exit`: of a run that has ended."""
        from reports.result import dump, write

        if not self.collector:
            return None
        result = self.collector.result(exit)
        with self._may_fail():
            write(self.folder / "result.json", dump(result, whole=exit is not None))
        return result

    def _write_page(self, result: dict[str, Any]) -> None:
        from reports.page.page import render
        from reports.result import dump, write

        started = result["started"].replace(":", "").replace("+0000", "Z")
        with self._may_fail():
            write(self.folder / "history" / f"{started}.json", dump(result))
            write(self.folder / "report.html", render(result))

    @contextlib.contextmanager
    def _may_fail(self) -> Generator[None, None, None]:
        try:
            yield
        except OSError as error:
            self.unwritten = f"{self.folder}: {error.strerror}"

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter, exitstatus: int) -> None:
        self.progress.stop()
        if mode(self.config) != "verify" and JUDGEMENTS in self.config.stash:  # also where no check was reached
            self._begin()
            assert self.collector
            self.collector.look_at(self.config.stash[JUDGEMENTS])
        result = self._write(int(exitstatus))
        if result is None:
            return
        screen = self.screen()
        with ending.held():
            self._show(result, screen, terminalreporter)
            gc.freeze()  # pytest looks through all of it at its end
            terminalreporter.flush()  # the verdict does not wait for the page
            if not self.unwritten:
                self._write_page(result)
        say = functools.partial(print, file=sys.__stderr__) if self.config.option.json else terminalreporter.write_line
        for line in self._last(result, screen, interrupted=int(exitstatus) == 2):
            say(line)

    def _show(self, result: dict[str, Any], screen: Screen, terminal: pytest.TerminalReporter) -> None:
        if self.config.option.json:
            from reports.hand_in import one_line

            return print(one_line(result), file=STDOUT, flush=True)
        from reports.terminal import render

        report = options.relative(self.folder / "report.html") if not self.unwritten else None
        for line in render(result, screen, options.again(self.config), report, self.quiet, options.fix(self.config)):
            terminal.write_line(line)

    def _last(self, result: dict[str, Any], screen: Screen, interrupted: bool) -> Iterator[str]:
        """What comes after the verdict: a page that could not be written, and the hand-in."""
        if self.unwritten:
            yield screen.fit(f"  {' / '.join(words.terminal('no-report'))}: {self.unwritten}")
        if self.config.option.ready and JUDGEMENTS in self.config.stash:
            from reports.ready import lines

            yield from lines(result, self.config.stash[JUDGEMENTS], self.config.option.mirror, screen)
        if self.visit:
            yield from self.visit.end(result, screen, interrupted)
        if (self.config.option.hand_in or self.config.option.ready) and not interrupted:
            from reports.hand_in import code_lines

            yield from code_lines(result, screen)

    def screen(self) -> Screen:
        """Chinese needs an encoding that has it; without, English is what can be read."""
        from reports.screen import Screen

        terminal = self.config.pluginmanager.get_plugin("terminalreporter")
        if terminal is None:
            return Screen(self.lang)
        writer = terminal._tw
        encoding = stream.encoding_of(writer._file)
        return Screen(shown(self.lang, writer._file), max(40, min(80, writer.fullwidth)), writer.hasmarkup, encoding)

    @pytest.hookimpl(trylast=True)  # until the programs have ended, a signal must not end the process
    def pytest_unconfigure(self) -> None:
        self.progress.stop()
        ending.give_back(self._signals)
