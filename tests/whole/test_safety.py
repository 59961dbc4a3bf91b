"""Nothing is written, nothing goes out, nothing stays behind."""
from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from checks.judging.graph import ORDER
from fixtures.programs.programs import Programs, cache_dir
from fixtures.sandbox.model_store import place_models
from fixtures.sandbox.opencodes import stand_in
from fixtures.system import children
from tests.conftest import ROOT, checks_command
from tests.support.apart import skip_without_network

ALL = bool(os.environ.get("OLLAMA_CHECKPOINTS_ALL"))
WATCHED = """
set -e
ip link set lo up
ip link add out0 type veth peer name out1
for end in out0 out1; do echo 1 > /proc/sys/net/ipv6/conf/$end/disable_ipv6; done
ip addr add 192.0.2.1/24 dev out0
ip link set out0 up; ip link set out1 up
ip neigh add 192.0.2.2 lladdr 02:00:00:00:00:02 dev out0
ip route add default via 192.0.2.2
env HOME="$SERVER_HOME" OLLAMA_HOST=127.0.0.1:11434 OLLAMA_NO_CLOUD=1 "$OLLAMA" serve > "$SERVER_HOME/log" 2>&1 &
server=$!
until grep -q Listening "$SERVER_HOME/log"; do sleep 0.05; done
code=0; "$@" || code=$?
kill $server
echo "packets out: $(awk '$1 == "out0:" { print $11 }' /proc/net/dev)"
exit $code
"""
"""A namespace with a way out on which every packet is counted: a look-up, a connection, anything."""


@pytest.fixture(scope="session")
def programs() -> Iterator[Programs]:
    found = Programs(os.environ)
    yield found
    found.close()


def snapshot(folder: Path) -> dict[str, tuple[object, ...]]:
    """Every name below a folder with its kind, size, times and contents."""
    found: dict[str, tuple[object, ...]] = {}
    for path in [folder, *sorted(folder.rglob("*"))]:
        stat = path.lstat()
        content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        found[str(path)] = (stat.st_mode, stat.st_size if path.is_file() else 0, stat.st_mtime_ns, content)
    return found


def person(folder: Path, programs: Programs) -> tuple[Path, dict[str, str]]:
    """A home with a config that would run and fetch things, and the environment that goes with it."""
    home = folder / "home"
    shutil.copytree(ROOT / "fixtures" / "setups" / "healthy" / "home", home)
    project = home / "project"
    (project / ".opencode" / "plugin").mkdir(parents=True)
    trap = folder / "trapped"
    code = f'require("fs").writeFileSync("{trap}", "plugin"); export const x = async () => ({{}})\n'
    (project / ".opencode" / "plugin" / "trap.ts").write_text(code)
    (project / "opencode.json").write_text(
        '{"plugin": ["some-plugin", "./.opencode/plugin/trap.ts"], "share": "auto", "autoupdate": true,'
        ' "mcp": {"trap": {"type": "local", "command": ["touch", "%s"]},'
        ' "far": {"type": "remote", "url": "http://203.0.113.9/mcp"}},'
        ' "instructions": ["http://203.0.113.9/instructions.md"]}' % trap
    )
    (project / "conftest.py").write_text(f'open({str(trap)!r}, "w").write("conftest")\n')
    (project / "pytest.ini").write_text("[pytest]\naddopts = --collect-only\n")
    path = os.pathsep.join([str(programs.ollama().parent), str(programs.opencode().parent), "/usr/bin", "/bin",
                            "/usr/sbin", "/sbin"])
    return home, {"HOME": str(home), "PATH": path, "LANG": "C.UTF-8",
                  "OLLAMA_CHECKPOINTS_CACHE": str(cache_dir(os.environ))}


def with_two(home: Path, env: dict[str, str], folder: Path) -> dict[str, str]:
    """The same person with OpenCode 2: its own words for what runs and fetches, and the local model as the default."""
    own = (
        ', "model": "ollama/qwen2.5-coder:7b", "plugins": ["./.opencode/plugin/trap.ts"],'
        ' "skills": ["http://203.0.113.9/skills"],'
        ' "references": {"far": {"url": "http://203.0.113.9/docs"}}}'
    )
    file = home / "project" / "opencode.json"
    file.write_text(file.read_text(encoding="utf-8").removesuffix("}") + own, encoding="utf-8")
    return {**env, "PATH": os.pathsep.join([str(stand_in("2.0.26", folder / "two")), env["PATH"]])}


@pytest.mark.real
@pytest.mark.parametrize("generation", [1, 2])
def test_reads_only_and_sends_nothing(generation: int, tmp_path: Path, programs: Programs) -> None:
    """With a plugin, an MCP server and a URL in the config, in a namespace whose way out counts packets."""
    skip_without_network(("unshare", "-rn"))
    home, env = person(tmp_path, programs)
    env = with_two(home, env, tmp_path) if generation == 2 else env
    server_home = tmp_path / "server"
    place_models(programs, server_home / ".ollama" / "models", ["qwen2.5-coder:7b"])
    before = snapshot(home)
    watched = {**env, "OLLAMA": str(programs.ollama()), "SERVER_HOME": str(server_home), "PYTHONPATH": str(ROOT)}
    command = checks_command(tmp_path / "report", f"--project={home / 'project'}")
    argv = ["unshare", "-rn", "sh", "-c", WATCHED, "sh", *command]
    done = subprocess.run(argv, env=watched, cwd=tmp_path, capture_output=True, text=True, timeout=240)
    print(done.stdout, done.stderr)
    assert done.returncode == 0
    assert "5 of 5 checkpoints" in done.stdout
    assert "packets out: 0" in done.stdout
    assert snapshot(home) == before
    assert not (tmp_path / "trapped").exists()


def started_children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


MOMENTS = [random.Random(seed).uniform(0.3, 9) for seed in range(30 if ALL else 5)]


@pytest.mark.real
@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: f"{moment:.1f}s")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP] if ALL else [signal.SIGTERM],
                         ids=lambda n: n.name)
def test_an_interrupted_run_leaves_nothing(moment: float, number: signal.Signals, tmp_path: Path) -> None:
    """At any step: no process, no temporary folder, and a result.json that is whole."""
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    env = {**os.environ, "TMPDIR": str(temporary), "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(checks_command(tmp_path / "report", "--sandbox"), env=env, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT)
    family: set[psutil.Process] = set()
    end = time.monotonic() + moment
    while time.monotonic() < end and process.poll() is None:
        family |= set(started_children(psutil.Process(process.pid)))
        time.sleep(0.05)
    process.send_signal(number)
    out, _ = process.communicate(timeout=60)
    print(out.decode())
    gone, alive = psutil.wait_procs(list(family), timeout=5)
    assert alive == []
    assert [path.name for path in temporary.iterdir()] == []
    result = tmp_path / "report" / "result.json"
    if result.exists():
        import json

        document = json.loads(result.read_text(encoding="utf-8"))
        assert document["verdict"] in ("incomplete", "failed", "passed")
        assert len(document["checks"]) == len(ORDER)


def test_a_closed_run_starts_nothing(tmp_path: Path) -> None:
    assert children.run([sys.executable, "-c", "print(1)"], os.environ, tmp_path, 20)[:2] == (0, "1\n")
    children.close()
    with pytest.raises(children.RunIsOver):
        children.start([sys.executable, "-c", "print(1)"], os.environ, tmp_path)


SLOW_TO_END = """
import time
from fixtures.system import children

def pytest_runtest_logstart():
    if not children._folders:
        children.temporary_folder()
        children.at_end(lambda: time.sleep(3))
"""
"""A plugin: what the run has started takes long to end, as on a busy machine."""


@pytest.mark.skipif(
    sys.platform == "win32", reason="Windows ends a process without asking it: tests/windows interrupts one")
@pytest.mark.parametrize(("number", "seconds"), [(signal.SIGTERM, 1), (signal.SIGTERM, 0), (signal.SIGINT, 0)])
def test_a_run_that_is_ended_after_its_verdict_leaves_nothing(number: int, seconds: float, tmp_path: Path) -> None:
    """The report is written, or the programs are still ending: a signal waits until they are gone."""
    (tmp_path / "slow_to_end.py").write_text(SLOW_TO_END, encoding="utf-8")
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    env = {**os.environ, "HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "TMPDIR": str(temporary),
           "PYTHONPATH": os.pathsep.join([str(ROOT), str(tmp_path)])}
    command = checks_command(tmp_path / "report", "-p", "slow_to_end", "-k", "config_found")
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          encoding="utf-8") as process:
        assert process.stdout
        for line in process.stdout:
            if "report.html" in line:
                break
        assert len(list(temporary.iterdir())) == 1
        time.sleep(seconds)  # the page is written after the verdict
        process.send_signal(number)
        said, _ = process.communicate(timeout=60)
    assert list(temporary.iterdir()) == []
    assert seconds or (tmp_path / "report" / "report.html").is_file() and "Traceback" not in said
