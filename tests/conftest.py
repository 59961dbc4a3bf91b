"""Runs the suite the way a person does, in a process of its own."""
from __future__ import annotations

import contextlib
import functools
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from jsonschema import Draft202012Validator

from fixtures.system import children
from tests.support import not_run
from tests.support.programs_stand_ins import SYSTEM

if TYPE_CHECKING:
    from tests.support.browser import Browser

settings.register_profile("seeded", derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("seeded")
ROOT = Path(__file__).resolve().parent.parent
DIRECT = ",".join(filter(None, [os.environ.get("NO_PROXY"), "127.0.0.1,localhost"]))
os.environ.update(NO_PROXY=DIRECT, no_proxy=DIRECT)
"""The tests' own servers are on this machine; a proxy that is set here would stand between."""


@dataclass(frozen=True, slots=True)
class Ran:
    """A finished `pytest checks`: exit code, what was printed, and its result.json where there is one."""

    code: int
    out: str
    result: dict[str, Any]

    @property
    def checks(self) -> dict[str, dict[str, Any]]:
        return {one["id"]: one for one in self.result.get("checks", [])}

    def pitfalls(self, status: str) -> dict[str, str | None]:
        """Check id -> pitfall id of the checks with that status."""
        return {id: one["pitfall"] for id, one in self.checks.items() if one["status"] == status}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The fast tests first. OLLAMA_CHECKPOINTS_SHARE=12: one in twelve real ones, for `.ci/run`'s second Python."""
    one_in = int(os.environ.get("OLLAMA_CHECKPOINTS_SHARE") or 1)
    out = [item for item in items if item.get_closest_marker("real") and not not_run.in_share(item.nodeid, one_in)]
    items[:] = sorted((item for item in items if item not in out), key=lambda item: "real" in item.keywords)
    config.hook.pytest_deselected(items=out)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in not_run.lines(terminalreporter.stats.get("skipped", [])):
        terminalreporter.write_line(line)


@pytest.fixture(autouse=True)
def a_run() -> Iterator[None]:
    """Each test is a run of its own: what it starts ends with it. A module's fixtures are built between two tests."""
    with children.open_run():
        yield
    children.begin()


@pytest.fixture(scope="session")
def programs() -> None:
    """Fetched or built once, before a test's own time begins: from packages that takes minutes.

    Where one cannot be had, the tests that need it say so themselves.
    """
    from fixtures.programs.programs import OLDER, ProgramMissing, Programs

    found = Programs(os.environ)
    found.prefetch(["ollama", "opencode", "model"])
    for get in (found.ollama, found.opencode, found.model_file, functools.partial(found.ollama, OLDER)):
        with contextlib.suppress(ProgramMissing):
            get()
    found.close()


@pytest.fixture(autouse=True)
def provided(request: pytest.FixtureRequest) -> None:
    """Real tests find their programs in the cache."""
    if request.node.get_closest_marker("real"):
        request.getfixturevalue("programs")


def checks_command(report: Path, *args: str) -> list[str]:
    """`pytest checks` as the bootstrap types it."""
    plugins = [word for name in ("reports.plugin", "tests.support.alone", "no:cacheprovider") for word in ("-p", name)]
    return [sys.executable, "-m", "pytest", *plugins, "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT),
            f"--report-dir={report}", str(ROOT / "checks"), *args]


@functools.cache
def validator() -> Draft202012Validator:
    """Of the published schema, which every result the tests make must meet."""
    return Draft202012Validator(json.loads((ROOT / "reports" / "result.schema.json").read_text(encoding="utf-8")))


def _of_windows(env: Mapping[str, str]) -> dict[str, str]:
    """What every program there is started with, the home by its own name, and the encoding that is read here."""
    return {"USERPROFILE": env.get("HOME", ""), "PYTHONIOENCODING": "utf-8", **SYSTEM}


@pytest.fixture
def run_checks(tmp_path: Path) -> Callable[..., Ran]:
    """Run `pytest checks` with these arguments; `env` replaces the whole environment, `prefix` wraps the command."""

    def run(*args: str, env: Mapping[str, str] | None = None, prefix: tuple[str, ...] = (), cwd: Path = ROOT) -> Ran:
        report = tmp_path / "report"
        argv = [*prefix, *checks_command(report, *args)]
        full = dict(env if env is not None else os.environ)
        if os.name == "nt":
            full = {**_of_windows(full), **full}
        full["PYTHONPATH"] = os.pathsep.join([str(ROOT),
                                              *filter(None, [full.get("PYTHONPATH") if env is not None else None])])
        done = subprocess.run(argv, env=full, cwd=cwd, capture_output=True, text=True, encoding="utf-8", timeout=300)
        file = report / "result.json"
        result = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
        if result:
            validator().validate(result)
        return Ran(done.returncode, done.stdout + done.stderr, result)

    return run


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    from tests.support.browser import chromium

    with chromium(tmp_path_factory.mktemp("profile")) as started:
        yield started
