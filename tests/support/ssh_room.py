"""Seats that answer over SSH: users made for a test, one server on loopback, and all of it gone afterwards."""
from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from fixtures.environment import LOCK
from fixtures.mirror.suite import copy_suite, write_zip
from fixtures.mirror.wheels import PIP, requirements
from fixtures.programs.programs import Programs
from fixtures.system import sums
from fixtures.system.loopback import free_port
from tests.support.apart import EVERYWHERE

SSHD, USERADD, USERDEL = (shutil.which(name, path=EVERYWHERE) or name for name in ("sshd", "useradd", "userdel"))
ANSIBLE = shutil.which("ansible-playbook")
PREFIX = "oclab"


def lacking() -> str | None:
    """What is missing, and what makes the test run."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "no users of a test's own: run as root on Linux"
    if not Path(SSHD).is_file():
        return "no sshd: apt-get install openssh-server"
    if not ANSIBLE:
        return "no ansible-playbook: pip install ansible-core"
    return None if Path("/usr/bin/python3").exists() else "no Python of the system's: apt-get install python3"


@dataclass(frozen=True, slots=True)
class SshRoom:
    users: tuple[str, ...]
    port: int
    folder: Path

    def home(self, user: str) -> Path:
        return Path("/home", user)

    def inventory(self, file: Path, **values: str) -> Path:
        common = {"ansible_host": "127.0.0.1", "ansible_port": str(self.port), "lab_python": "/usr/bin/python3",
                  "ansible_python_interpreter": "/usr/bin/python3",
                  "ansible_ssh_private_key_file": str(self.folder / "key"), **values}
        seats = [f"seat-{number} ansible_user={user}" for number, user in enumerate(self.users, 1)]
        lines = ["[lab]", *seats, "[lab:vars]", *(f"{name}={value}" for name, value in common.items())]
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return file


@contextlib.contextmanager
def opened(count: int) -> Iterator[SshRoom]:
    """So many users, each with a home of its own, behind one server that only loopback reaches."""
    folder = Path(tempfile.mkdtemp(prefix="ssh-room-", dir="/tmp"))
    folder.chmod(0o755)  # the server reads the key as the user who comes
    users = tuple(f"{PREFIX}{os.getpid() % 10000}x{number}" for number in range(1, count + 1))
    server: subprocess.Popen[bytes] | None = None
    try:
        for name in ("key", "host"):
            _run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name))
        for user in users:
            _run(USERADD, "--create-home", "--shell", "/bin/sh", "--password", "*", user)
        room = SshRoom(users, free_port(), folder)
        server = _serve(room)
        yield room
    finally:
        if server:
            server.terminate()
            server.wait(10)
        for user in users:
            _end_all_of(user)
            subprocess.run([USERDEL, "--remove", user], check=False, capture_output=True)
        shutil.rmtree(folder)


def _end_all_of(user: str) -> None:
    """Each by its id: the user was made for this test, and so is whatever runs in its name."""
    for process in psutil.process_iter(["username"]):
        if process.info["username"] == user:
            with contextlib.suppress(psutil.Error):
                process.kill()


def _serve(room: SshRoom) -> subprocess.Popen[bytes]:
    Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    shutil.copyfile(room.folder / "key.pub", room.folder / "authorized")
    (room.folder / "authorized").chmod(0o644)
    told = {"Port": room.port, "ListenAddress": "127.0.0.1", "HostKey": room.folder / "host", "UsePAM": "no",
            "AuthorizedKeysFile": room.folder / "authorized", "StrictModes": "no", "PasswordAuthentication": "no",
            "PidFile": "none", "MaxStartups": "100", "AllowUsers": f"{PREFIX}*", "PermitRootLogin": "no"}
    (room.folder / "sshd_config").write_text("".join(f"{name} {value}\n" for name, value in told.items()))
    log = (room.folder / "log").open("wb")
    server = subprocess.Popen([SSHD, "-D", "-e", "-f", str(room.folder / "sshd_config")], stderr=log)
    for _ in range(100):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", room.port), 1):
            return server
        time.sleep(0.1)
    raise AssertionError((room.folder / "log").read_text())


def _run(*argv: str) -> None:
    subprocess.run(argv, check=True, capture_output=True)


def small_kit(folder: Path, env: dict[str, str]) -> Path:
    """The suite, its wheels for the system's Python, and their sums, as `pack` zips them; no model and no program."""
    kit = folder / "kit"
    for part in ("wheels", "programs", "models"):
        (kit / part).mkdir(parents=True)
    (kit / "programs" / "index.json").write_text("[]", encoding="utf-8")
    wanted = folder / "wanted.txt"
    wanted.write_text(requirements(LOCK.read_text(encoding="utf-8"), "linux-x86_64", _version()) + PIP + "\n")
    fixed = ["download", "-q", "--only-binary", ":all:", "--no-deps", "--require-hashes", "--python-version",
             _version(), "-d", str(kit / "wheels"), "-r", str(wanted)]
    subprocess.run([*Programs(env).tools.pip(), *fixed], check=True)
    copy_suite(kit)
    sums.write(kit)
    write_zip(kit, folder / "kit.zip")
    return folder / "kit.zip"


def _version() -> str:
    asked = "import sys; print('%d.%d' % sys.version_info[:2])"
    return subprocess.run(["/usr/bin/python3", "-c", asked], capture_output=True, text=True, check=True).stdout.strip()
