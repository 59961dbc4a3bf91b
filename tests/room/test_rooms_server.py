"""A config that leads to the server that the room calls its own: told, not scolded, and nothing sent there."""
from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from checks.judging.finding import Finding
from checks.judging.graph import checks
from checks.rules.address import wrong_address
from checks.rules.exits import State, states
from checks.rules.read import OpenCodeRules
from fixtures.facts.facts import Facts
from fixtures.ollama.server import Address, Server
from fixtures.opencode.default import Default
from fixtures.programs.programs import Programs, cache_dir
from fixtures.room.profile import NoProfile, in_the_room, read
from tests.conftest import ROOT, checks_command
from tests.support.apart import NETWORK, skip_without_network
from tests.support.config_homes import NAME, Home, config

ROOM = "http://10.77.0.9:11434"
STOPPED = Server(Address("http://127.0.0.1:9", "default", "127.0.0.1", 9), "refused")
TOLD = "your room's server at http://10.77.0.9:11434"


def facts_of(folder: Path, url: str = f"{ROOM}/v1", name: str = NAME, room: str | None = ROOM) -> Facts:
    home = Home(folder)
    home.write({**config(options={"baseURL": url}, models={name: {}}), "model": f"ollama/{name}"})
    facts = home.facts()
    facts.rooms_url = room
    for fact, value in {"servers": [], "opencode_program": None, "mirror_serves": False,
                        "default": Default("build", None, "config", ("model",), "ollama", name, name, url)}.items():
        facts.assume(fact, value)
    facts.assume("server", STOPPED)
    return facts


def judged(facts: Facts, id: str) -> Finding:
    return checks()[id].judge(facts)


def exit_of(facts: Facts, id: str) -> State:
    return next(one for one in states(facts) if one.exit.id == id)


def test_it_is_told_where_it_goes_and_nobody_is_scolded(tmp_path: Path) -> None:
    facts = facts_of(tmp_path)
    assert wrong_address(OpenCodeRules(facts)) is None
    assert {id: judged(facts, id).status for id in ("server-listening", "model-downloaded", "names-agree", "model-fits",
                                                    "disk-space", "ollama-version", "server-exposed")} == dict.fromkeys(
        ("server-listening", "model-downloaded", "names-agree", "model-fits", "disk-space", "ollama-version",
         "server-exposed"), "skipped")
    start, local = judged(facts, "default-model"), judged(facts, "stays-local")
    assert start.status == "skipped" and TOLD in start.found.en
    assert local.status == "skipped" and local.found.en.startswith(f"this goes to {TOLD}, not to your machine")
    assert "不是你的机器" in local.found.zh and "local model" not in local.found.en and local.found.en.count(ROOM) == 1


def test_the_ledger_says_that_it_leaves_and_that_somebody_chose_it(tmp_path: Path) -> None:
    facts = facts_of(tmp_path)
    for id in ("ollama-elsewhere", "default-model"):
        seen = exit_of(facts, id).seen
        assert (seen.state, seen.asked) == ("open", "somebody") and "your room's server" in seen.why.en
    assert exit_of(facts, "ollama-web-search").seen.state == "not-judged", "that server's cloud is not known here"
    assert exit_of(facts, "own-provider").seen.state == "closed"


@pytest.mark.parametrize(("url", "room"), [
    (f"{ROOM}/v1", None), (f"{ROOM}/v1", "http://10.77.0.8:11434"), ("http://10.77.0.9:11435/v1", ROOM),
    ("https://10.77.0.9:11434/v1", ROOM), ("http://10.77.0.9/v1", ROOM), ("https://ollama.com/v1", ROOM),
    ("http://10.77.0.9:11434@ollama.com/v1", ROOM), ("http://10.77.0.9.ollama.com:11434/v1", ROOM),
    ("http://ollama.com:11434#10.77.0.9:11434/v1", ROOM)])
def test_another_server_stays_what_it_is(url: str, room: str | None, tmp_path: Path) -> None:
    facts = facts_of(tmp_path, url, room=room)
    assert facts.rooms_server is None
    assert judged(facts, "default-model").status in ("failed", "blocked")
    if exit_of(facts, "ollama-elsewhere").seen.state == "open":
        assert "room" not in exit_of(facts, "ollama-elsewhere").seen.why.en


@pytest.mark.parametrize(
    "spelling", ["http://10.77.0.9:11434/v1", "http://0xa.77.0.9:11434/v1", "HTTP://10.77.9:11434/v1"])
def test_one_number_has_many_spellings(spelling: str, tmp_path: Path) -> None:
    assert facts_of(tmp_path, spelling).rooms_server is not None


def test_a_cloud_model_is_one_in_the_room_too(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, name="glm-4.6:cloud")
    assert judged(facts, "stays-local").pitfall == "ollama-cloud-model"
    assert judged(facts, "model-downloaded").pitfall == "ollama-cloud-model"
    assert (exit_of(facts, "ollama-cloud-model").seen.state, exit_of(facts, "ollama-cloud-model").seen.asked) == (
        "open", "nobody")


def test_a_proxy_before_the_room_is_told_with_its_number(tmp_path: Path) -> None:
    facts = facts_of(tmp_path)
    facts.setup.env["HTTP_PROXY"] = "http://127.0.0.1:9"
    for id in ("stays-local", "chat-reply"):
        finding = judged(facts, id)
        assert finding.pitfall == "proxy-captures-localhost" and finding.values["room"] == "10.77.0.9"


def test_a_missing_v1_is_mended_towards_the_room(tmp_path: Path) -> None:
    finding = wrong_address(OpenCodeRules(facts_of(tmp_path, ROOM)))
    assert finding and (finding.pitfall, finding.values["base_url"]) == ("base-url-missing-v1", f"{ROOM}/v1")


@pytest.mark.parametrize("address", [
    "http://8.8.8.8:11434", "http://[::ffff:8.8.8.8]:11434", "http://[::ffff:808:808]:11434", "http://127.0.0.1:11434",
    "http://[::1]:11434", "http://0.0.0.0:11434", "http://[::]:11434", "http://[64:ff9b::808:808]:11434",
    "http://[2002:808:808::1]:11434", "http://100.64.0.1:11434", "http://192.0.2.1:11434", "http://198.18.0.1:11434",
    "http://240.0.0.1:11434", "http://255.255.255.255:11434", "http://224.0.0.1:11434", "http://ollama.com:11434",
    "http://room.local:11434", "http://localhost:11434", "http://10.0.0.2:11434@8.8.8.8:1", "http://10.0.0.2:0x2caa",
    "http://10.0.0.2:99999", "http://10.0.0.2", "https://10.0.0.2:11434", "http://10.0.0.2:11434/v1",
    "http://010.0.0.2:11434", "http://10.0.0.2:11434 ", "http://10.0.0.2:11434\n", "http://134744072:11434"])
def test_no_profile_makes_a_cloud_the_rooms(address: str) -> None:
    with pytest.raises(NoProfile):
        read(json.dumps({"schema": 1, "server": address}).encode())


@pytest.mark.parametrize("address", [ROOM, "http://172.16.0.1:1", "http://192.168.1.5:11434", "http://[fd00::5]:11434",
                                     "http://169.254.3.4:11434"])
def test_what_a_room_can_name(address: str) -> None:
    assert in_the_room(address) and read(json.dumps({"schema": 1, "server": address}).encode()).server == address


WATCHED = """
set -e
ip link set lo up
ip link add seat type veth peer name room
for end in seat room; do echo 1 > /proc/sys/net/ipv6/conf/$end/disable_ipv6; done
ip addr add 10.77.0.2/24 dev seat
ip link set seat up; ip link set room up
ip neigh add 10.77.0.9 lladdr 02:00:00:00:00:02 dev seat
code=0; "$@" || code=$?
echo "packets out: $(awk '$1 == "seat:" { print $11 }' /proc/net/dev)"
exit $code
"""
"""A network with the room's address in it, on which every packet is counted."""


@pytest.fixture
def programs() -> Iterator[Programs]:
    found = Programs(os.environ)
    yield found
    found.close()


@pytest.mark.real
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_learner_without_an_ollama(lang: str, tmp_path: Path, programs: Programs) -> None:
    """OpenCode alone, its config led to the room: nothing fails, nothing is sent there, and no verdict is pretended."""
    skip_without_network()
    if not shutil.which("ip"):
        pytest.skip("no ip on PATH: apt-get install iproute2")
    home = Home(tmp_path)
    home.write({**config(options={"baseURL": f"{ROOM}/v1"}), "model": f"ollama/{NAME}"})
    (tmp_path / "room.json").write_text(json.dumps({"schema": 1, "server": ROOM}))
    path = os.pathsep.join([str(programs.opencode().parent), "/usr/bin", "/bin", "/usr/sbin", "/sbin"])
    env = {"HOME": str(home.path), "PATH": path, "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT),
           "OLLAMA_CHECKPOINTS_CACHE": str(cache_dir(os.environ))}
    command = checks_command(tmp_path / "report", f"--room={tmp_path / 'room.json'}", f"--lang={lang}",
                             f"--project={home.project}", "-v")
    done = subprocess.run([*NETWORK, "sh", "-c", WATCHED, "sh", *command], env=env, cwd=tmp_path,
                          capture_output=True, text=True, timeout=240)
    print(done.stdout, done.stderr)
    result = json.loads((tmp_path / "report" / "result.json").read_text(encoding="utf-8"))
    statuses = {one["id"]: one["status"] for one in result["checks"]}
    assert done.returncode == 0 and "packets out: 0" in done.stdout
    assert set(statuses.values()) <= {"passed", "skipped", "advice"} and result["verdict"] == "incomplete"
    assert [statuses[id] for id in ("config-valid", "model-listed", "stays-local")] == ["passed", "passed", "skipped"]
    said = {"en": f"goes to your room's server at {ROOM}, not to your machine.",
            "zh": f"会发到教室自己的服务器{ROOM}，不是你的机器。"}[lang]
    assert said.replace(" ", "") in "".join(done.stdout.split())
