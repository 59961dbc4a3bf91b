"""One Windows machine: starts, runs programs, and is gone, with all it wrote, when this process is."""
from __future__ import annotations

import contextlib
import hashlib
import io
import os
import re
import shutil
import subprocess
import tempfile
import time
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from fixtures.programs.steps import Steps
from fixtures.system.cache import Cache
from fixtures.system.cache_place import cache_dir
from fixtures.system.sentences import Text
from tests.conftest import ROOT
from tests.support.apart import EVERYWHERE

HERE = Path(__file__).parent
PROVISION_SECONDS = 2400.0
PYTHON = "C:\\Program Files\\Python313\\python.exe"
PACKAGES = "C:\\packages\\Scripts\\python.exe"
"""A Python with nothing, and one with the suite's packages."""
APPS = "AppData\\Local\\Microsoft\\WindowsApps"
"""Below a profile: where winget is, on PATH."""
TREE = "checks", "fixtures", "reports", "tests", "conftest.py", "pyproject.toml", "requirements.lock"
ALONE = ("unshare", "--mount", "--pid", "--net", "--fork", "--kill-child", "--mount-proc")
"""A namespace of each kind: what runs in it ends with it, and its mounts with that."""
WINES = re.compile(rb"(?m)^wine: Unhandled [^\n]*\n")
"""Wine says so where one of its own programs falls (seen once in some hundred starts): no word of the one that was
started, whose own fall is its exit code."""
NEEDS = {"debootstrap": "debootstrap", "mvn": "maven", "jar": "default-jdk-headless", "ip": "iproute2",
         "x86_64-w64-mingw32-gcc": "gcc-mingw-w64-x86-64", "unshare": "util-linux", "nsenter": "util-linux"}
"""Each program, and Debian's package of it."""


def skip_where_none_can_be_made() -> None:
    """A Debian with root and the tools; every other system has a reason."""
    if not shutil.which("apt-get") or os.geteuid() != 0 or os.uname().machine != "x86_64":
        pytest.skip("no Windows: a Debian with root makes one, on x86-64")
    missing = {package for program, package in NEEDS.items() if not shutil.which(program, path=EVERYWHERE)}
    if missing:
        pytest.skip(f"no Windows: apt-get install {' '.join(sorted(missing))}")
    if subprocess.run([*ALONE, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no Windows: run this where root may make namespaces (`unshare --mount --pid --net --fork true`)")


def provisioned() -> tuple[Path, Path]:
    """The packages, and below them the Debian whose drive C: is Windows', from the cache, or made."""
    cache, lock = Cache(cache_dir(os.environ), told), ROOT / "requirements.lock"
    recipe = (HERE / "provision.sh", HERE / "launcher.c")
    base = cache.part(f"windows-{key(*recipe)}", lambda work: _provision(work, "base", work / "part"))
    name = f"windows-packages-{key(*recipe, lock)}"
    return cache.part(name, lambda work: _provision(work, "packages", work / "part", base, work, lock)), base


def key(*files: Path) -> str:
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()[:10]


def _provision(work: Path, *words: str | Path) -> None:
    online = [word for word in ALONE if word != "--net"]
    steps = Steps({**os.environ, "PATH": EVERYWHERE}, told)
    steps.run([*online, "sh", HERE / "provision.sh", *words], work, PROVISION_SECONDS)


def told(line: Text) -> None:
    print(line.en, flush=True)


@dataclass(frozen=True, slots=True)
class Ran:
    """A finished program of Windows: exit code, and its bytes as they were written."""

    code: int
    raw: bytes

    @property
    def out(self) -> str:
        return self.raw.decode("utf-8", "replace").replace("\r\n", "\n")


class Windows:
    """A machine of its own: nothing installed but Python, one user, one language."""

    def __init__(self, process: subprocess.Popen[bytes], user: str, language: str) -> None:
        self.user, self.language = user, language
        self.pid = _child(process.pid)
        self.drive = Path(f"/proc/{self.pid}/root/root/.wine/drive_c")
        self.home = self.drive / "users" / user
        self.profile = f"C:\\users\\{user}"
        for folder in ("AppData/Local/Temp", "AppData/Roaming", "Desktop"):
            (self.home / folder).mkdir(parents=True, exist_ok=True)
        temp, path = f"{self.profile}\\AppData\\Local\\Temp", PYTHON.rpartition("\\")[0]
        for name, value in (("TEMP", temp), ("TMP", temp), ("PATH", f"{path};{self.profile}\\{APPS}")):
            self.set_variable(name, value)

    def set_variable(self, name: str, value: str) -> None:
        """For every program that starts from now on, as `setx` does."""
        self.run("reg", "add", "HKCU\\Environment", "/v", name, "/t", "REG_EXPAND_SZ", "/d", value, "/f")

    def lay_suite(self, folder: str = "suite") -> str:
        """This tree, in the user's home; returns its Windows path."""
        for name in TREE:
            source, target = ROOT / name, self.home / folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "out"), symlinks=True)
            else:
                shutil.copy(source, target)
        return f"{self.profile}\\{folder}"

    def program(self, path: str, source: Path) -> None:
        """An `.exe` of that Python source, by the launcher that pip brings along."""
        pip = self.path(PYTHON).parent / "lib" / "pip"
        launcher = (pip / "_vendor" / "distlib" / "t64.exe").read_bytes()
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("__main__.py", source.read_text(encoding="utf-8"))
        target = self.path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(launcher + f'#!"{PYTHON}"\r\n'.encode() + packed.getvalue())

    def path(self, windows: str) -> Path:
        """Where a file of its drive C: is seen from here."""
        return self.drive / windows.removeprefix("C:\\").replace("\\", "/")

    def start(self, *argv: str, cwd: str = "C:\\", env: Mapping[str, str] | None = None,
              out: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
        """A program of Windows; its output goes to a file: a server left behind would keep a pipe open (Wine)."""
        own = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "HOME": "/root", "USER": self.user, "LANG": self.language,
               "WINEDEBUG": "-all", "WINEDLLOVERRIDES": "mscoree,mshtml=;winemenubuilder.exe=d",
               "XDG_RUNTIME_DIR": "/tmp", **(env or {})}
        words = [f"{name}={value}" for name, value in own.items()]
        there = cwd.replace("C:", "/root/.wine/drive_c", 1).replace("\\", "/")
        enter = ["nsenter", "-t", str(self.pid), "-m", "-p", "-n", "-r", "-w", "env", "-i", *words]
        return subprocess.Popen([*enter, "sh", "-c", 'cd "$0" && exec wine "$@"', there, *argv],
                                stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)

    def run(self, *argv: str, cwd: str = "C:\\", env: Mapping[str, str] | None = None, seconds: float = 300) -> Ran:
        """Start it and wait."""
        with tempfile.TemporaryFile() as file:
            process = self.start(*argv, cwd=cwd, env=env, out=file.fileno())
            try:
                code = process.wait(seconds)
            finally:
                process.kill()
            file.seek(0)
            return Ran(code, WINES.sub(b"", file.read()))


@contextlib.contextmanager
def machine(user: str = "learner", language: str = "C.UTF-8") -> Iterator[Windows]:
    """A machine for a while. Its language gives it the code page: 1252 with C, 936 with zh_CN."""
    packages, base = provisioned()
    process = subprocess.Popen([*ALONE, "sh", HERE / "boot.sh", f"{packages}:{base}", base / "mnt"],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
                               env={**os.environ, "PATH": EVERYWHERE})
    try:
        assert process.stdout and process.stdout.readline() == b"up\n"
        yield Windows(process, user, language)
    finally:
        process.kill()
        process.wait()


def _child(pid: int) -> int:
    """The first process of a namespace, as it is called outside."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if found := Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split():
            return int(found[0])
        time.sleep(0.01)
    raise TimeoutError(f"{pid} started nothing")
