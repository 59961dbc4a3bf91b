"""A lab room of six seats over real SSH, twice, one of them broken; and five hundred results as Ansible's facts."""
from __future__ import annotations

import json
import os
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.support import ssh_room
from tests.support.page_reader import Reader
from tests.support.room_results import put

ANSIBLE = {"ANSIBLE_HOST_KEY_CHECKING": "False", "ANSIBLE_PIPELINING": "True", "ANSIBLE_NOCOLOR": "1",
           "ANSIBLE_FORKS": "6", "ANSIBLE_DEPRECATION_WARNINGS": "False", "LC_ALL": "C.UTF-8"}
RECAP = re.compile(r"^(\S+) +: ok=(\d+) +changed=(\d+) +unreachable=(\d+) +failed=(\d+)", re.MULTILINE)
pytestmark = [pytest.mark.real, pytest.mark.xdist_group("lab")]


def played(
    book: Path, inventory: Path, home: Path, **values: str
) -> tuple[str, dict[str, tuple[int, int, int]], int]:
    """What Ansible said; of each seat changed, unreachable, failed; and its exit code."""
    env = {**os.environ, **ANSIBLE, "ANSIBLE_LOCAL_TEMP": str(home / "ansible")}
    argv = [str(ssh_room.ANSIBLE), "-i", str(inventory), str(book), "-e", json.dumps(values)]
    done = subprocess.run(argv, env=env, cwd=home, capture_output=True, text=True, encoding="utf-8", check=False)
    said = done.stdout + done.stderr
    return said, {host: (int(changed), int(unreachable), int(failed))
                  for host, _, changed, unreachable, failed in RECAP.findall(said)}, done.returncode


@pytest.fixture
def seats() -> Iterator[ssh_room.SshRoom]:
    if reason := ssh_room.lacking():
        pytest.skip(reason)
    with ssh_room.opened(6) as room:
        yield room


def test_a_room_of_six_over_ssh_twice(seats: ssh_room.SshRoom, tmp_path: Path) -> None:
    kit = ssh_room.small_kit(tmp_path, dict(os.environ))
    inventory = seats.inventory(tmp_path / "inventory.ini")
    config = seats.home(seats.users[2]) / ".config" / "opencode" / "opencode.json"
    config.parent.mkdir(parents=True)
    config.write_bytes((ROOT / "fixtures/setups/healthy/home/.config/opencode/opencode.json").read_bytes())
    broken = seats.home(seats.users[5]) / ".cache"  # where the suite's environment is to lie
    broken.write_text("a file", encoding="utf-8")

    said, first, code = played(ROOT / "lab" / "site.yml", inventory, tmp_path, lab_kit=str(kit))
    names = [f"seat-{number}" for number in range(1, 7)]
    assert failures(first) == {**dict.fromkeys(["localhost", *names], 0), "seat-6": 1} and code == 2, said
    assert "5 of 6 seats gave a result in this run." in said and "Without one: seat-6." in said
    results = {name: json.loads((tmp_path / "hand-ins" / name / "result.json").read_bytes()) for name in names[:5]}
    assert {name: result["seat"] for name, result in results.items()} == {name: name for name in names[:5]}
    found = {name: next(one["status"] for one in result["checks"] if one["id"] == "config-found")
             for name, result in results.items()}
    assert found == {**dict.fromkeys(names[:5], "failed"), "seat-3": "passed"}, "each result is that user's own"
    page = Reader((tmp_path / "room.html").read_text(encoding="utf-8")).text
    assert "0 of 5 seats ready" in page and "seat-6" in page, "who could not be checked is told by the roster"
    for user in seats.users:  # nothing of it belongs to root
        files = [one for one in seats.home(user).rglob("*") if not one.is_symlink()]
        ours = (config, *config.parents, broken)
        assert {one.owner() for one in files if one not in ours} == {user}

    said, second, _ = played(ROOT / "lab" / "site.yml", inventory, tmp_path, lab_kit=str(kit))
    assert {changed for changed, _, _ in second.values()} == {0}, said
    assert failures(second) == failures(first), said
    assert len(list((tmp_path / "hand-ins" / "seat-3" / "history").iterdir())) == 2


def failures(recap: dict[str, tuple[int, int, int]]) -> dict[str, int]:
    return {host: unreachable + failed for host, (_, unreachable, failed) in recap.items()}


@pytest.mark.parametrize(("what", "code", "lang", "said"), [
    ("unreachable", 4, "en", "0 of 3 seats gave a result in this run."),
    ("unreachable", 4, "zh", "这次有 0 个座位交来结果，一共 3 个。"),
    ("failing", 2, "en", "Whether they are reached at all: ansible lab")])
def test_a_room_of_which_nobody_comes(what: str, code: int, lang: str, said: str, tmp_path: Path) -> None:
    """Switched off, or no kit: the page is made all the same, the end says so, and so does the exit code."""
    if not ssh_room.ANSIBLE:
        pytest.skip("no ansible-playbook: pip install ansible-core")
    way = {"unreachable": "ansible_host=127.0.0.1 ansible_port=9", "failing": "ansible_connection=local"}[what]
    (tmp_path / "inventory.ini").write_text(f"[lab]\nseat-[1:3] {way}\n", encoding="utf-8")
    if what == "unreachable":
        (tmp_path / "kit.zip").write_bytes(b"never unpacked: nobody is reached")
    told, recap, ended = played(ROOT / "lab" / "site.yml", tmp_path / "inventory.ini", tmp_path, lab_lang=lang)
    assert ended == code and said in told, told
    assert failures(recap) == {"localhost": 0, "seat-1": 1, "seat-2": 1, "seat-3": 1}, told
    page = Reader((tmp_path / "room.html").read_text(encoding="utf-8")).text
    assert {"en": "Not reported yet: 3 of 3", "zh": "还没有交：3 / 3"}[lang] in page and "seat-1 · seat-2 · seat-3" in page


BOOK = """
- hosts: lab
  gather_facts: false
  connection: local
  tasks:
    - ansible.builtin.import_role: {name: ollama_checkpoints, tasks_from: facts}
- hosts: localhost
  connection: local
  gather_facts: false
  tasks:
    - ansible.builtin.debug:
        msg: "failed={{ told | selectattr('verdict', 'eq', 'failed') | length }} of={{ told | length }}
              {{ told | map(attribute='seat') | unique | length }}"
      vars:
        told: "{{ groups.lab | map('extract', hostvars, 'ollama_checkpoints') | list }}"
"""


def test_five_hundred_results_are_facts(tmp_path: Path) -> None:
    if not ssh_room.ANSIBLE:
        pytest.skip("no ansible-playbook: pip install ansible-core")
    for number in range(500):
        put(tmp_path / "hand-ins" / f"seat-{number}" / "result.json", "failed" if number % 5 == 0 else "passed",
            seat=f"seat-{number}")
    (tmp_path / "inventory.ini").write_text("[lab]\nseat-[0:499]\n", encoding="utf-8")
    (tmp_path / "book.yml").write_text(BOOK, encoding="utf-8")
    (tmp_path / "roles").symlink_to(ROOT / "lab" / "roles")
    began = time.monotonic()
    said, recap, _ = played(tmp_path / "book.yml", tmp_path / "inventory.ini", tmp_path)
    print(f"500 results as facts: {time.monotonic() - began:.0f} s")
    assert "failed=100 of=500 500" in said, said[-3000:]
    assert {failed for _, _, failed in recap.values()} == {0}
