"""A namespace that catches everything, whatever this system's resolver is; for root and for an ordinary user."""
from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

RESOLVED = """
set -e
mount -t tmpfs tmpfs /run
mkdir -p /run/systemd/resolve /run/dbus /run/upper /run/work
echo nameserver 127.0.0.53 > /run/systemd/resolve/stub-resolv.conf
mount -t overlay overlay -o lowerdir=/etc,upperdir=/run/upper,workdir=/run/work /etc
ln -sf ../run/systemd/resolve/stub-resolv.conf /etc/resolv.conf
exec "$@"
"""
"""/etc/resolv.conf as systemd-resolved leaves it: a link below /run."""
WAYS = {
    "root": ("unshare", "-U", "--map-user=0", "--map-group=0"),
    "user": ("unshare", "-U", "--map-user=1000", "--map-group=1000"),
    "systemd-resolved": ("unshare", "-rm", "sh", "-c", RESOLVED, "sh"),
}


def works(prefix: tuple[str, ...]) -> bool:
    able = sys.platform == "linux" and shutil.which("unshare")
    return bool(able) and not subprocess.run([*prefix, "unshare", "-rnm", "true"], capture_output=True).returncode


@pytest.mark.parametrize("way", WAYS)
def test_name_and_address_are_caught_and_services_of_the_machine_are_hidden(way: str, tmp_path: Path) -> None:
    if not works(WAYS[way]):
        pytest.skip("no namespaces for us: run this on Linux, where `unshare -rnm true` works (as root it does)")
    argv = [*WAYS[way], sys.executable, "-m", "tests.support.in_namespace", str(tmp_path)]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    assert told["held"] == {"forbidden": True}
    assert [one for one in told["seen"] if not one.endswith(".invalid")] == ["192.0.2.1"]
    assert set(told["left"]) <= {"systemd"} and int(told["rights"].split()[1], 16) == 0
