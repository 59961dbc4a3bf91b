"""Namespaces of a test's own, and where a system keeps what manages it."""
from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

NETWORK = ("unshare", "-rnpf", "--mount-proc", "--kill-child")
DISK = ("unshare", "-rm")
EVERYWHERE = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin"
"""An ordinary PATH leaves out where Debian keeps useradd, sshd, debootstrap and ip."""


def skip_without_network(apart: tuple[str, ...] = NETWORK) -> None:
    if not shutil.which("unshare") or subprocess.run([*apart, "true"], capture_output=True).returncode:
        pytest.skip("no network of one's own: run this on Linux, where `unshare -rn true` works (as root it does)")


def skip_without_veth() -> None:
    """Where no two ends can be laid in it, by which packets would leave."""
    skip_without_network((*NETWORK, "sh", "-c", "ip link add out0 type veth peer name out1"))


def skip_without_disk(folder: Path) -> None:
    """Where no small disk may be mounted in that folder."""
    if not shutil.which("unshare") or subprocess.run([*DISK, "mount", "-t", "tmpfs", "tmpfs", str(folder)],
                                                     capture_output=True).returncode:
        pytest.skip("no disk of one's own: run this on Linux, where `unshare -rm` may mount (as root it may)")
