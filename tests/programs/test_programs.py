"""Where the sandbox's programs come from, in which order, and what an interrupted or second run leaves behind."""
from __future__ import annotations

import os
import signal
import subprocess
import sys
import sysconfig
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from fixtures.programs.build import OPENCODE_VERSION
from fixtures.programs.programs import DEFAULT, INCOMPLETE, OLDER, ProgramMissing, Programs, cache_dir
from fixtures.system.cache import Cache, processor_key
from fixtures.system.sentences import Text
from tests.support.programs_stand_ins import EXE, SYSTEM, ollama, program, script

ROOT = Path(__file__).resolve().parents[2]
posix = pytest.mark.skipif(os.name == "nt", reason="Debian's and npm's own words, or a signal: POSIX alone")


def quiet(en: str, zh: str) -> None:
    """Nobody reads it."""


class Bench:
    """A person with nothing but a PATH and a cache of stand-ins; package clients find no index."""

    def __init__(self, folder: Path) -> None:
        self.bin, self.cached = folder / "person" / "bin", folder / "cache" / sysconfig.get_platform()
        self.bin.mkdir(parents=True)
        self.env = {**SYSTEM, "PATH": str(self.bin), "HOME": str(folder / "person"), "PIP_NO_INDEX": "1",
                    "PIP_FIND_LINKS": "",
                    "PIP_CONFIG_FILE": os.devnull, "OLLAMA_CHECKPOINTS_CACHE": str(folder / "cache")}
        self.told: list[Text] = []

    def programs(self) -> Programs:
        programs = Programs(self.env, self.told.append)
        programs.release.base = "http://127.0.0.1:1"
        return programs

    def cache_ollama(self, version: str = DEFAULT) -> Path:
        return ollama(self.cached / f"ollama-{version}-{processor_key()}", version)

    def left_over(self) -> list[Path]:
        return list((self.cached / "tmp").glob("*"))


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_cache_folder_is_the_persons_choice_then_the_systems(tmp_path: Path) -> None:
    env = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "xdg")}
    assert cache_dir({**env, "OLLAMA_CHECKPOINTS_CACHE": str(tmp_path / "own")}) == tmp_path / "own"
    if sys.platform == "linux":
        assert cache_dir(env) == tmp_path / "xdg" / "ollama-checkpoints"
        assert cache_dir({"HOME": str(tmp_path)}) == tmp_path / ".cache" / "ollama-checkpoints"


@pytest.mark.parametrize(
    ("version", "helper", "is_used"),
    [
        ("0.34.0", "", True),
        ("0.35.2", "", True),
        ("0.30.0", "", True),
        ("0.34.0", None, False),
        ("0.34.0", "import os; os.kill(os.getpid(), 4)", False),
        ("0.24.0", "", False),
        (OLDER, "", False),
        ("", "", False),
    ],
)
def test_ollama_on_path_must_infer(bench: Bench, version: str, helper: str | None, is_used: bool) -> None:
    own = ollama(bench.bin.parent, version, helper)
    cached = bench.cache_ollama()
    assert bench.programs().ollama() == (own if is_used else cached)


def test_ollama_on_path_serves_only_the_default_kind(bench: Bench) -> None:
    ollama(bench.bin.parent, OLDER)
    older = bench.cache_ollama(OLDER)
    assert bench.programs().ollama(OLDER) == older


def test_incomplete_kind_has_no_helper(bench: Bench) -> None:
    program(bench.cached / f"server-{DEFAULT}" / "ollama", "")
    made = bench.programs().ollama(INCOMPLETE)
    assert made.is_file() and not made.is_symlink()
    assert not list(made.parent.parent.rglob("llama-*"))


def test_ollama_is_put_together_from_server_and_helper(bench: Bench) -> None:
    program(bench.cached / f"server-{DEFAULT}" / "ollama", "")
    for name in ("llama-server", "llama-quantize"):
        program(bench.cached / f"helper-{processor_key()}" / name, "")
    made = bench.programs().ollama()
    assert sorted(path.name for path in (made.parent.parent / "lib" / "ollama").iterdir()) == [
        f"llama-quantize{EXE}", f"llama-server{EXE}"]


@pytest.mark.parametrize(
    ("version", "is_used"),
    [(OPENCODE_VERSION, True), ("1.20.0", True), ("1.18.3", False), ("1.1.31", False), ("2.0.18", False), ("?", False)],
)
def test_opencode_on_path_is_used_from_the_tested_version_on(bench: Bench, version: str, is_used: bool) -> None:
    own = program(bench.bin / "opencode", f"print({version!r})")
    cached = program(bench.cached / f"opencode-{OPENCODE_VERSION}-{processor_key()}" / "opencode", "")
    assert bench.programs().opencode() == (own if is_used else cached)


@posix
def test_what_is_missing_is_said_in_both_languages_with_this_systems_command(bench: Bench) -> None:
    script(bench.bin / "npm", "echo 'npm error 404 Not Found'; exit 1")
    script(bench.bin / "apt-get", "exit 1")
    with pytest.raises(ProgramMissing) as missing:
        bench.programs().opencode()
    assert all("sudo apt install nodejs npm" in words for words in missing.value.words)
    assert "404 Not Found" in " ".join(en for en, _ in bench.told)
    assert missing.value.tail
    assert not bench.left_over()


GO = """
import os, pathlib
print("go version go1.26.8 linux/amd64")
pathlib.Path(os.environ["HOME"], "counter").write_text("1")
"""


def test_tools_write_nothing_into_the_persons_home(bench: Bench, tmp_path: Path) -> None:
    program(bench.bin / "go", GO)
    (tmp_path / "work").mkdir()
    assert bench.programs().tools.system_go(tmp_path / "work") == str(bench.bin / f"go{EXE}")
    assert list(bench.bin.parent.iterdir()) == [bench.bin]


@pytest.mark.parametrize("version", ["1.25.9", "1.4", "weekly"])
def test_old_go_is_not_used(bench: Bench, tmp_path: Path, version: str) -> None:
    program(bench.bin / "go", f"print('go version go{version} linux/amd64')")
    (tmp_path / "work").mkdir()
    assert bench.programs().tools.system_go(tmp_path / "work") is None


def test_cache_that_cannot_be_written_is_a_missing_program(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    bench.env["OLLAMA_CHECKPOINTS_CACHE"] = str(tmp_path / "file" / "cache")
    with pytest.raises(ProgramMissing, match="file"):
        bench.programs().model_file()


def test_unreachable_release_is_asked_for_once(bench: Bench) -> None:
    programs = bench.programs()
    assert not programs.release.reachable(DEFAULT)
    started = time.monotonic()
    assert not programs.release.reachable(OLDER)
    assert time.monotonic() - started < 0.05


@posix
def test_closing_ends_the_tool_and_removes_its_work(bench: Bench, tmp_path: Path) -> None:
    script(bench.bin / "npm", f"echo $$ > '{tmp_path}/pid'; /bin/sleep 60 & wait")
    programs = bench.programs()
    programs.prefetch(["opencode"])
    pid = int(wait_for(lambda: (tmp_path / "pid").is_file() and (tmp_path / "pid").read_text(encoding="utf-8").strip()))
    family = [psutil.Process(pid), *psutil.Process(pid).children()]
    programs.close()
    assert not any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in family)
    assert not bench.left_over()


def test_failed_build_leaves_nothing(tmp_path: Path) -> None:
    def interrupted(work: Path) -> None:
        (work / "half").write_text("half", encoding="utf-8")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Cache(tmp_path, quiet).part("x", interrupted)
    assert not (tmp_path / "x").exists() and not list((tmp_path / "tmp").iterdir())


BUILDER = """
import sys, time
from pathlib import Path
from fixtures.system.cache import Cache
def build(work):
    with open(sys.argv[2], "a", encoding="utf-8") as log:
        log.write("built\\n")
    time.sleep(float(sys.argv[3]))
Cache(Path(sys.argv[1]), lambda line: None).part("x", build)
"""


def start_builder(folder: Path, log: Path, seconds: float) -> subprocess.Popen[bytes]:
    argv = [sys.executable, "-c", BUILDER, str(folder), str(log), str(seconds)]
    return subprocess.Popen(argv, env={**os.environ, "PYTHONPATH": str(ROOT)})


@posix
def test_killed_run_is_swept_by_the_next_one(tmp_path: Path) -> None:
    log = tmp_path / "log"
    killed = start_builder(tmp_path / "cache", log, 60)
    wait_for(log.exists)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert (tmp_path / "cache" / "tmp" / "x").is_dir()
    Cache(tmp_path / "cache", quiet).part("y", lambda work: None)
    assert not list((tmp_path / "cache" / "tmp").iterdir())


def test_two_runs_build_a_part_once(tmp_path: Path) -> None:
    log = tmp_path / "log"
    runs = [start_builder(tmp_path / "cache", log, 0.5) for _ in range(2)]
    assert [run.wait(timeout=30) for run in runs] == [0, 0]
    assert log.read_text(encoding="utf-8") == "built\n"


def test_two_threads_build_a_part_once(tmp_path: Path) -> None:
    cache, built = Cache(tmp_path, quiet), list[Path]()

    def build(work: Path) -> None:
        time.sleep(0.2)
        built.append(work)

    threads = [threading.Thread(target=cache.part, args=("x", build)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(built) == 1


def wait_for(condition: Callable[[], object], seconds: float = 20.0) -> str:
    """What the condition returns once it is true."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)
    return str(value)
