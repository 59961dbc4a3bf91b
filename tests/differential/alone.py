"""Namespaces in which port 11434 is free, and from which nothing arrives anywhere."""
from __future__ import annotations

import shutil
import subprocess

ALONE = ("unshare", "-rnpf", "--mount-proc", "--kill-child")


def namespaces() -> str | None:
    """Why none can be made here; None where they can."""
    if not shutil.which("ip") or not shutil.which("unshare"):
        return "needs unshare (util-linux) and ip (iproute2)"
    works = (
        subprocess.run(
            [*ALONE, "ip", "link", "add", "out0", "type", "veth", "peer", "name", "out1"], capture_output=True
        ).returncode
        == 0
    )
    return None if works else "this system gives no network namespace: run it as root, or with user namespaces on"
