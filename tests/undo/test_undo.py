"""What `--fix` writes is old or new and never half, and `--undo` brings back what was there."""
from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from fixtures.fix.journal import Busy, Journal, read, state_folder
from fixtures.fix.records import File
from fixtures.fix.server import MARK
from fixtures.system.setup import Setup
from fixtures.undo.run import undo
from tests.conftest import ROOT, Ran, checks_command
from tests.support.fix_homes import OLD, as_somebody, config_of, env_of, is_new, make_home, tree
from tests.support.journal_lines import add_line

pytestmark = pytest.mark.real
posix = pytest.mark.skipif(os.name == "nt", reason="signals and rights of POSIX: run this on Linux or macOS")
ALL = bool(os.environ.get("OLLAMA_CHECKPOINTS_ALL"))
ONLY = ("-k", "config_found", "--lang=en")
"""One check and its one fix: it needs no program and no server."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return make_home(tmp_path)


def setup_of(home: Path) -> Setup:
    return Setup(env_of(home), home, home.parent / "project", port=9)


def test_fix_then_undo_leaves_the_home_as_it_was(home: Path, run_checks: Callable[..., Ran]) -> None:
    before = tree(home)
    fixed = run_checks(*ONLY, "--fix", env=env_of(home))
    assert (fixed.code, fixed.checks["config-found"]["status"]) == (0, "fixed")
    assert is_new(config_of(home).read_text(encoding="utf-8"))
    assert [(one["outcome"], one["check"]) for one in fixed.result["fixes"]] == [("done", "config-found")]
    again = run_checks(*ONLY, "--fix", env=env_of(home))
    assert (again.code, again.result["fixes"]) == (0, []) and "Nothing was to be done" in again.out
    undone = run_checks("--undo", "--lang=en", env=env_of(home))
    assert (undone.code, [one["outcome"] for one in undone.result["fixes"]]) == (0, ["undone"])
    assert tree(home) == before
    assert "Nothing is left to take back" in run_checks("--undo", "--lang=en", env=env_of(home)).out
    assert tree(home) == before


def test_plan_is_what_fix_does_and_changes_nothing(home: Path, run_checks: Callable[..., Ran]) -> None:
    before = tree(home.parent)
    planned = run_checks(*ONLY, "--fix-plan", env=env_of(home))
    shutil.rmtree(home.parent / "report")
    assert planned.code == 0 and planned.checks["config-found"]["status"] == "failed"
    assert tree(home.parent) == before
    fixed = run_checks(*ONLY, "--fix", env=env_of(home))
    steps = [[(one["check"], one["action"], one["changed"]) for one in ran.result["fixes"]] for ran in (planned, fixed)]
    assert steps[0] == steps[1] != []


def test_modes_exclude_one_another(run_checks: Callable[..., Ran], home: Path) -> None:
    assert run_checks("--fix", "--undo", env=env_of(home)).code == 4
    assert run_checks("--fix", "--fix-plan", env=env_of(home)).code == 4


def test_what_was_edited_after_the_fix_is_kept(home: Path, run_checks: Callable[..., Ran]) -> None:
    run_checks(*ONLY, "--fix", env=env_of(home))
    edited = config_of(home).read_text(encoding="utf-8").replace("dark", "light")
    config_of(home).write_text(edited, encoding="utf-8")
    undone = run_checks("--undo", "--lang=en", env=env_of(home))
    assert undone.code == 1 and "it was changed after the fix" in " ".join(undone.out.split())
    assert config_of(home).read_text(encoding="utf-8") == edited
    (backup,) = (state_folder(setup_of(home)) / "backup").iterdir()
    assert backup.read_text(encoding="utf-8") == OLD


@posix
def test_link_of_a_dotfiles_folder_stays_a_link(home: Path, run_checks: Callable[..., Ran]) -> None:
    dotfiles = home / "dotfiles.json"
    config_of(home).rename(dotfiles)
    config_of(home).symlink_to(dotfiles)
    before = tree(home)
    assert run_checks(*ONLY, "--fix", env=env_of(home)).code == 0
    assert config_of(home).is_symlink() and is_new(dotfiles.read_text(encoding="utf-8"))
    run_checks("--undo", env=env_of(home))
    assert tree(home) == before


@posix
@pytest.mark.parametrize("which", ["home", "file"])
def test_what_may_not_be_written_is_said_and_left_alone(which: str, run_checks: Callable[..., Ran]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        home = make_home(folder)
        (folder / "cache").mkdir(mode=0o777)
        prefix = as_somebody(home)
        places = [home, *home.rglob("*")] if which == "home" else [config_of(home)]
        for path in places:
            path.chmod(0o555 if path.is_dir() else 0o444)
        before = tree(home)
        ran = run_checks(*ONLY, "--fix", f"--report-dir={folder / 'cache'}", env=env_of(home), prefix=prefix)
        said = " ".join(ran.out.split())
        assert ran.code == 1 and "is not writable for this user" in said
        assert tree(home) == before
        for path in places:
            path.chmod(0o755)


STEP = """
import os, signal, sys
from pathlib import Path
from fixtures.fix.journal import Journal
from fixtures.system.setup import Setup
home, calls, last = Path(sys.argv[1]), [0], int(sys.argv[2])
def counted(function):
    def call(*args, **kwargs):
        calls[0] += 1
        if calls[0] == last:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*args, **kwargs)
    return call
for name in ("fsync", "replace", "open", "mkdir", "rename"):
    setattr(os, name, counted(getattr(os, name)))
journal = Journal(Setup({}, home, home))
path = home / ".config" / "opencode" / "opencode.json"
journal.write(path, path.read_bytes(), b"new " * 5000)
"""


@posix
def test_killed_at_every_step_of_a_write(home: Path) -> None:
    """The file is the old or the new one, and undo brings the old one back, wherever the kill came."""
    before, seen = tree(home), set()
    for last in range(1, 40):
        argv = [sys.executable, "-c", STEP, str(home), str(last)]
        code = subprocess.run(argv, env={**os.environ, "PYTHONPATH": str(ROOT)}, timeout=60).returncode
        content = config_of(home).read_bytes()
        assert content in (OLD.encode(), b"new " * 5000)
        seen.add(content)
        undo(Setup({}, home, home), keep_models=False)
        shutil.rmtree(home / ".local", ignore_errors=True)  # folders made before the first line of a journal
        assert tree(home) == before
        if code == 0:
            break
    assert code == 0 and len(seen) == 2 and last > 3


@posix
@pytest.mark.real
def test_killed_at_random_moments_then_finished(home: Path, tmp_path: Path) -> None:
    """50 moments with OLLAMA_CHECKPOINTS_ALL=1, five of them otherwise."""
    draw, argv = random.Random(4), checks_command(tmp_path / "report", *ONLY, "--fix")
    env = {**env_of(home), "PYTHONPATH": str(ROOT)}
    started = time.monotonic()
    subprocess.run(argv, env=env, cwd=ROOT, capture_output=True, timeout=120)
    whole = time.monotonic() - started
    killed = 0
    for _ in range(50 if ALL else 5):
        shutil.rmtree(state_folder(setup_of(home)), ignore_errors=True)
        config_of(home).write_text(OLD, encoding="utf-8")
        run = subprocess.Popen(argv, env=env, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               start_new_session=True)
        time.sleep(draw.uniform(0.3, 1.1) * whole)
        run.send_signal(signal.SIGKILL)
        killed += run.wait() == -signal.SIGKILL
        text = config_of(home).read_text(encoding="utf-8")
        assert text == OLD or is_new(text)
        done = subprocess.run(argv, env=env, cwd=ROOT, capture_output=True, timeout=120)
        assert done.returncode == 0 and is_new(config_of(home).read_text(encoding="utf-8"))
        undo(setup_of(home), keep_models=False)
        assert config_of(home).read_text(encoding="utf-8") == OLD
        assert not list(config_of(home).parent.glob(".opencode.json*"))
    assert killed


@posix
def test_two_fixes_at_once_lose_nothing(home: Path, tmp_path: Path) -> None:
    env = {**env_of(home), "PYTHONPATH": str(ROOT)}
    runs = [subprocess.Popen(checks_command(tmp_path / f"report{n}", *ONLY, "--fix"), env=env, cwd=ROOT,
                             stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True) for n in range(3)]
    outs = [run.communicate(timeout=120)[0] for run in runs]
    assert {run.returncode for run in runs} <= {0, 4}, outs
    assert is_new(config_of(home).read_text(encoding="utf-8"))
    entries = read(state_folder(setup_of(home)) / "journal.jsonl")
    assert [entry.phase for entry in entries.values() if isinstance(entry, File)] == ["done"]
    assert all("works on this home" in out for run, out in zip(runs, outs, strict=True) if run.returncode == 4)
    undo(setup_of(home), keep_models=False)
    assert config_of(home).read_text(encoding="utf-8") == OLD


def test_line_that_opencode_adds_is_nobodys_edit(home: Path) -> None:
    journal = Journal(setup_of(home))
    journal.write(config_of(home), OLD.encode(), b'{\n "x": 1\n}')
    journal.close()
    config_of(home).write_bytes(b'{\n  "$schema": "https://opencode.ai/config.json",\n "x": 1\n}')
    undo(setup_of(home), keep_models=False)
    assert config_of(home).read_text(encoding="utf-8") == OLD


def test_server_is_found_by_its_mark_where_the_run_was_killed_before_it_noted_the_number(home: Path) -> None:
    left = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], env={**os.environ, MARK: "left 1"})
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], env={**os.environ, MARK: "here 2"})
    add_line(setup_of(home), id=2, kind="server", phase="begun", url="http://127.0.0.1:9", fresh=[], mark="left 1")
    undo(setup_of(home), keep_models=False)
    left.wait(timeout=10)
    assert other.poll() is None
    other.kill()
    other.wait()


def test_home_is_held_by_one_run(home: Path) -> None:
    held = Journal(setup_of(home))
    with pytest.raises(Busy):
        Journal(setup_of(home))
    held.close()
    Journal(setup_of(home)).close()


def test_half_a_line_does_not_swallow_the_next(home: Path) -> None:
    journal = Journal(setup_of(home))
    journal.write(config_of(home), OLD.encode(), b"new")
    journal.close()
    with (state_folder(setup_of(home)) / "journal.jsonl").open("ab") as file:
        file.write(b'{"id": 3, "kind": "file", "pa')
    journal = Journal(setup_of(home))
    journal.write(config_of(home), b"new", b"newer")
    journal.close()
    undo(setup_of(home), keep_models=False)
    assert config_of(home).read_text(encoding="utf-8") == OLD


def test_file_that_changed_since_it_was_read_is_not_overwritten(home: Path) -> None:
    journal = Journal(setup_of(home))
    with pytest.raises(FileExistsError):
        journal.write(config_of(home), b"something else", b"new")
    journal.close()
    assert config_of(home).read_text(encoding="utf-8") == OLD
