"""Where no namespace is to be had: the rung below, said as such; a run whose controls fail proves nothing."""
from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fixtures.proof import observed, rungs, sunk
from fixtures.proof.measurement import Measurement, NotPossible
from fixtures.proof.observed import Sampler, is_seen
from fixtures.proof.sink import Sink
from fixtures.system import children
from tests.conftest import ROOT, Ran

NO_NAMESPACES = ("unshare", "-rnpf", "--mount-proc", "--kill-child", "sh", "-c",
                 'ip link set lo up && echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"', "sh")
"""A network of its own with no way out, and no further namespace."""


def alone() -> bool:
    there = shutil.which("unshare") and shutil.which("ip")
    return bool(there) and not subprocess.run([*NO_NAMESPACES, "true"], capture_output=True).returncode


needs_network_of_its_own = pytest.mark.skipif(
    sys.platform != "linux" or not alone(),
    reason="no namespaces for us: run this on Linux, where `unshare -rnpf --mount-proc true` works (as root it does)",
)


@pytest.mark.real
@needs_network_of_its_own
@pytest.mark.timeout(300)
def test_without_namespaces_it_is_the_rung_below_and_says_why(run_checks: Callable[..., Ran]) -> None:
    ran = run_checks("--sandbox", "--prove-minutes=0.1", "--lang=en", prefix=NO_NAMESPACES)
    proof = ran.result["proof"]
    assert (proof["rung"], proof["ollama"], proof["holds"]) == ("sink", "observed", True), ran.out
    why = proof["passed_over"][0]
    assert (why["rung"], why["setting"]) == ("enforced", "user.max_user_namespaces")
    assert why["command"] == "sudo sysctl -w user.max_user_namespaces=15000" and why["command"] in " ".join(
        ran.out.split()
    )
    assert {"models.opencode.ai": "model-catalogue", "registry.npm": "plugin-package"}.items() <= {
        one["to"]: one["exits"][0] for one in proof["attempts"]}.items()
    assert "(sink)" in ran.out and "(enforced)" not in ran.out


@pytest.mark.real
@needs_network_of_its_own
@pytest.mark.timeout(300)
def test_the_lowest_rung_claims_the_least(run_checks: Callable[..., Ran]) -> None:
    """Nothing of this namespace can be reached, so that nothing stays open long enough to be looked at."""
    plugin = ("-p", "tests.support.only_observed")
    ran = run_checks(*plugin, "--sandbox", "--prove-minutes=0.1", "--lang=zh", prefix=NO_NAMESPACES)
    proof = ran.result["proof"]
    assert (proof["rung"], proof["ollama"], proof["holds"]) == ("observed", "observed", True), ran.out
    assert proof["controls"] == {"seen": True} and proof["sent"][0]["reply"]
    assert [one["rung"] for one in proof["passed_over"]] == ["enforced", "sink"]
    assert "（观察）" in ran.out and "抽样" in ran.out


@pytest.mark.real
@needs_network_of_its_own
@pytest.mark.parametrize("user", (0, 1000))
def test_in_a_container_that_refuses_namespaces_no_setting_is_blamed(user: int, tmp_path: Path) -> None:
    """As root and as an ordinary user: the call itself is refused, and what is inside of it ends without a claim."""
    inner = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from fixtures.proof import namespace as n\n" \
            "from pathlib import Path\n" \
            f"try:\n n.enter(Path({str(tmp_path)!r}))\nexcept n.Forbidden as e: print(e.at, e.reason)"
    outer = [
        "unshare",
        "-U",
        f"--map-user={user}",
        f"--map-group={user}",
        sys.executable,
        "-m",
        "tests.support.no_unshare",
    ]
    argv = [*outer, sys.executable, "-c", inner]
    assert subprocess.run(argv, cwd=ROOT, capture_output=True, text=True).stdout == "unshare forbidden\n"


class Refuses:
    name = "enforced"

    def measure(self, subject: object, idle: float) -> Measurement:
        raise NotPossible("forbidden")


class Fails:
    name = "sink"

    def measure(self, subject: object, idle: float) -> Measurement:
        return Measurement("sink", {"forbidden": False})


def test_a_rung_that_the_system_lacks_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """One whose control fails is not: it has proved nothing, and says so."""
    monkeypatch.setattr(rungs, "RUNGS", (Refuses(), Fails(), observed.Observed()))
    found = rungs.measure(None, 0)  # type: ignore[arg-type]
    assert (found.rung, found.holds, found.passed_over) == ("sink", False, (("enforced", "forbidden", None),))
    monkeypatch.setattr(rungs, "RUNGS", (Refuses(),))
    assert rungs.measure(None, 0).rung == "none"  # type: ignore[arg-type]


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def test_the_sampler_sees_a_connection_of_a_child_and_none_of_others(listening: socket.socket, tmp_path: Path) -> None:
    port = listening.getsockname()[1]
    code = f"import socket, time; held = socket.create_connection(('127.0.0.1', {port})); time.sleep(20)"
    inner = [sys.executable, "-c", code]
    sampler, other = Sampler(loopback_too=True), Sampler(loopback_too=True)
    outer = f"import subprocess; subprocess.run({inner!r})"
    process = children.start([sys.executable, "-c", outer], dict(os.environ), tmp_path)
    sampler.watch("opencode", process.pid)
    listening.settimeout(20)
    with listening.accept()[0]:
        while not sampler.attempts():
            pass
    children.stop(process)
    assert [(one.by, one.to, one.ports) for one in sampler.close()] == [("opencode", "127.0.0.1", (f"tcp {port}",))]
    assert not other.close()


def test_the_control_of_the_sampler_holds_here() -> None:
    assert is_seen()


def test_the_sink_notes_a_name_and_passes_nothing_on() -> None:
    seen: list[tuple[str, str]] = []
    sink = Sink(lambda name, said: seen.append((name, said)))
    env = {name: sink.url for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")}
    assert sunk._caught(env, lambda: {name for name, _ in seen})
    assert (sunk.NAME, "CONNECT") in seen and (sunk.NAME, "GET /") in seen
    sink.close()


def test_a_sink_that_catches_nothing_is_no_control() -> None:
    """The variables lead to nobody: no name is noted."""
    assert not sunk._caught({"HTTP_PROXY": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9"}, set)


def test_a_name_that_a_variable_led_here_is_told_by_the_path() -> None:
    assert sunk._named("127.0.0.1:5", "GET /models.opencode.ai/api.json", 5) == "models.opencode.ai"
    assert sunk._named("models.dev", "CONNECT", 5) == "models.dev"
    assert sunk._named("127.0.0.1:5", "GET /", 5) == "127.0.0.1:5"
