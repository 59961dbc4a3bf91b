"""The command line behaves as pytest users expect, and a beginner's slips get an answer."""
from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.conftest import ROOT, Ran, checks_command
from tests.support.system_path import system_path

Run = Callable[..., Ran]
ALONE = ("unshare", "-rpf", "--mount-proc")
"""Without this machine's other processes: an Ollama that runs here would be seen, and rightly."""
if shutil.which("unshare") is None or subprocess.run([*ALONE, "true"], capture_output=True).returncode:
    ALONE = ()

pytestmark = pytest.mark.real


@pytest.fixture
def bare(tmp_path: Path) -> dict[str, str]:
    """A person's machine with neither program, and no config."""
    (tmp_path / "home").mkdir()
    return {"HOME": str(tmp_path / "home"), "PATH": system_path(), "LANG": "C.UTF-8",
            "OLLAMA_HOST": "127.0.0.1:9", "OLLAMA_CHECKPOINTS_CACHE": str(tmp_path / "cache")}


def test_neither_program(run_checks: Run, bare: dict[str, str]) -> None:
    began = time.monotonic()
    ran = run_checks(env=bare, prefix=ALONE)
    took = time.monotonic() - began
    assert ran.code == 1
    assert ran.result["first"] == "ollama-version"
    assert ran.pitfalls("failed")["ollama-version"] == "ollama-not-installed"
    assert any("install" in line for line in ran.checks["ollama-version"]["remedy"]["commands"])
    assert ran.pitfalls("failed").get("server-listening") is None, "one cause, one failure"
    assert took < 20  # a net for a loaded machine; the figure is in the README


def test_verbose_shows_everything_and_the_default_shows_no_traceback(run_checks: Run, bare: dict[str, str]) -> None:
    assert "Traceback" not in run_checks(env=bare).out
    loud = run_checks("-v", env=bare)
    assert "test_ollama_version" in loud.out and loud.code == 1


def test_quiet_shows_the_first_remedy_and_the_verdict(run_checks: Run, bare: dict[str, str]) -> None:
    ran = run_checks("-q", "--lang=en", env=bare)
    assert "DO THIS FIRST" in ran.out and "of 5 checkpoints passed" in ran.out and "1 Install" not in ran.out


def test_selection_judges_what_is_needed(run_checks: Run, bare: dict[str, str]) -> None:
    ran = run_checks("-k", "chat", env=bare)
    assert ran.code == 1 and ran.result["run"]["selected"] is True
    assert ran.checks["chat-reply"]["status"] == "blocked" and ran.result["first"] is not None


def test_the_five_checkpoints(run_checks: Run, bare: dict[str, str]) -> None:
    ran = run_checks("-m", "checkpoint", "--co", "-q", env=bare)
    assert ran.out.count("::test_") == 5 and ran.result == {}, "--co writes no result"


def test_nothing_selected(run_checks: Run, bare: dict[str, str]) -> None:
    assert run_checks("-k", "nosuchcheck", env=bare).code == 5


def test_stop_at_the_first(run_checks: Run, bare: dict[str, str]) -> None:
    ran = run_checks("-x", env=bare)
    assert ran.checks["ollama-version"]["status"] == "failed" and ran.checks["config-found"]["status"] == "not-run"


def test_last_failed(tmp_path: Path, bare: dict[str, str]) -> None:
    command = [*checks_command(tmp_path / "r"), "-o", f"cache_dir={tmp_path / 'pytest'}"]
    where = command.index("no:cacheprovider")
    del command[where - 1 : where + 1]
    env = {**bare, "PYTHONPATH": str(ROOT)}
    subprocess.run(command, env=env, capture_output=True, timeout=60)
    subprocess.run([*command, "--lf"], env=env, capture_output=True, timeout=60)
    result = json.loads((tmp_path / "r" / "result.json").read_text(encoding="utf-8"))
    ran = {one["id"] for one in result["checks"] if one["status"] != "not-run"}
    assert "ollama-version" in ran and "disk-space" not in ran and result["run"]["selected"] is True


def test_wrong_usage(run_checks: Run, bare: dict[str, str], tmp_path: Path) -> None:
    for args in (["--sandbox", "--rehearse=fixtures/setups/healthy"], ["--lang=fr"], [f"--project={tmp_path / 'none'}"],
                 [f"--rehearse={tmp_path}"], ["--mirror=room:11480"], ["--undo", "--mirror=room:11480"],
                 ["--keep-models"], ["--fix", "--keep-models"]):
        ran = run_checks(*args, env=bare)
        assert (ran.code, ran.result) == (4, {}), (args, ran.out)
        assert "Traceback" not in ran.out


@pytest.mark.parametrize("typed", ["https://room:11480", "http://room:abc", "http://me:secret@room:11480",
                                   "http://[::1]:11480", "http://room:11480/path", ""])
def test_address_of_no_mirror(typed: str, run_checks: Run, bare: dict[str, str]) -> None:
    ran = run_checks("--fix-plan", f"--mirror={typed}", env=bare)
    assert (ran.code, ran.result) == (4, {}) and "Traceback" not in ran.out and "secret" not in ran.out
    assert ran.out.count("--mirror=http://HOST:PORT") == 2, "in both languages"


def test_junit(run_checks: Run, bare: dict[str, str], tmp_path: Path) -> None:
    import platform

    run_checks(f"--junitxml={tmp_path / 'junit.xml'}", "--lang=en", env=bare)
    text = (tmp_path / "junit.xml").read_text(encoding="utf-8")
    values = {one.get("name"): one.get("value") for one in ElementTree.fromstring(text).iter("property")}
    assert {"check", "title", "pitfall", "remedy"} <= set(values)
    assert platform.node() not in text and str(tmp_path) not in text


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("encoding", ["gbk", "ascii", "utf-8"])
def test_any_terminal_encoding(
    language: str, encoding: str, run_checks: Run, bare: dict[str, str], tmp_path: Path
) -> None:
    env = {**bare, "PYTHONIOENCODING": encoding, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(checks_command(tmp_path / "r", f"--lang={language}"), env=env, capture_output=True,
                          timeout=60)
    text = done.stdout.decode(encoding)
    assert done.returncode == 1 and "\\u" not in text and "Traceback" not in text
    assert ("先做这一步" if language == "zh" and encoding != "ascii" else "DO THIS FIRST") in text


HOSTILE = 'open({trap!r}, "w").write("ran")\n'


@pytest.mark.parametrize("order", ["before", "after"])
@pytest.mark.parametrize("form", ["space", "equals"])
def test_a_hostile_folder_is_not_run(order: str, form: str, bare: dict[str, str], tmp_path: Path) -> None:
    """As an option's value it must not become pytest's root, nor its conftest be loaded (installed: the entry
    point)."""
    hostile, trap = tmp_path / "hostile", tmp_path / "trap"
    hostile.mkdir()
    (hostile / "conftest.py").write_text(HOSTILE.format(trap=str(trap)))
    (hostile / "pytest.ini").write_text("[pytest]\npython_files = *.py\n")
    (hostile / "test_trap.py").write_text(HOSTILE.format(trap=str(trap)))
    option = [f"--project={hostile}"] if form == "equals" else ["--project", str(hostile)]
    words = [*option, str(ROOT / "checks")] if order == "before" else [str(ROOT / "checks"), *option]
    argv = [sys.executable, "-m", "pytest", "-p", "reports.plugin", "-p", "no:cacheprovider",
            f"--report-dir={tmp_path / 'r'}", *words]
    done = subprocess.run(argv, env={**bare, "PYTHONPATH": str(ROOT)}, cwd=ROOT, capture_output=True, text=True,
                          timeout=60)
    assert not trap.exists(), done.stdout
    assert done.returncode in (1, 4)
    if done.returncode == 4:
        assert f"--project={hostile}" in done.stderr


def test_tests_do_not_touch_results(tmp_path: Path) -> None:
    """A run of the suite's own tests registers no reporter."""
    argv = [sys.executable, "-m", "pytest", "-q", "-p", "reports.plugin", f"--report-dir={tmp_path}",
            "tests/whole/test_cli.py", "--co"]
    subprocess.run(argv, env={**os.environ, "PYTHONPATH": str(ROOT)}, cwd=ROOT, capture_output=True, timeout=60)
    assert list(tmp_path.iterdir()) == []


def test_a_report_that_cannot_be_written(bare: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    argv = checks_command(tmp_path / "file" / "below", "--lang=en")
    done = subprocess.run(argv, env={**bare, "PYTHONPATH": str(ROOT)}, cwd=ROOT, capture_output=True, text=True,
                          timeout=60)
    assert done.returncode == 1 and "no report was written" in done.stdout and "Traceback" not in done.stdout
