"""What a machine with Python and nothing else gets from a mirror, and what the instructor's screen says of it."""
from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import shlex
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
import zipfile
from pathlib import Path
from typing import Any

import pytest

from fixtures.mirror import bare
from fixtures.mirror.kit import Kit, KitShelf
from fixtures.mirror.server import Mirror
from fixtures.mirror.shelf import Shelf
from fixtures.mirror.telling import Board, networks, room_address
from fixtures.programs.programs import ProgramMissing
from fixtures.system import sums
from tests.conftest import ROOT, validator
from tests.support import kit_bench
from tests.support.small_kit import flip, kit

__all__ = ["kit"]
NAMESPACE = ("unshare", "-rmnpf", "--mount-proc")
SYSTEM_PYTHON = "/usr/bin/python3"
READ_HERE = {"PYTHONIOENCODING": "utf-8"}
"""On Windows what goes to a file is in the system's code page."""


def fetched(url: str) -> bytes:
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=20) as answer:
        found: bytes = answer.read()
        return found


def whole(kit: Path) -> Path:
    """The small kit, with a suite that says how it was started, and two wheels."""
    start = kit / "suite" / "ollama_checkpoints" / "__main__.py"
    start.parent.mkdir(parents=True)
    start.write_text("import json, os, sys\nprint(json.dumps([sys.argv[1:], os.environ['OLLAMA_CHECKPOINTS_COMMAND'],"
                     " os.environ['OLLAMA_CHECKPOINTS_SOURCE']]))\n", encoding="utf-8")
    (kit / "suite" / "KIT").write_text("")
    (kit / "wheels").mkdir()
    (kit / "wheels" / "some_thing-1.0-py3-none-any.whl").write_bytes(b"a wheel")
    (kit / "wheels" / "other-1.0-cp27-cp27m-win_amd64.whl").write_bytes(b"another's")
    sums.write(kit)
    return kit


def typed(mirror: Mirror, home: Path, *words: str, room: str = "") -> subprocess.CompletedProcess[str]:
    """The printed line, by a shell."""
    argv = shlex.split(bare.line(mirror.url + room, "linux"))
    env = {**os.environ, "HOME": str(home), "USERPROFILE": str(home), "http_proxy": "http://127.0.0.1:9",
           **READ_HERE}
    return subprocess.run([sys.executable, *argv[1:], *words], env=env, capture_output=True, encoding="utf-8",
                          timeout=60)


def test_the_line_brings_the_suite_and_starts_it_as_it_will_be_typed_again(kit: Path, tmp_path: Path) -> None:
    mirror, home = Mirror(KitShelf(Kit(whole(kit)))).start(), tmp_path / "home"
    home.mkdir()
    done = typed(mirror, home, "--fix", "--lang=en")
    assert done.returncode == 0, done.stderr
    here = home / "ollama-checkpoints-room"
    argv, command, source = json.loads(done.stdout)
    assert argv == ["--fix", "--lang=en"] and source == mirror.url and command.strip("'").endswith(here.name)
    assert [one.name for one in (here / "wheels").iterdir()] == ["some_thing-1.0-py3-none-any.whl"]
    assert not list(sums.faults(here, sums.read(here), "suite/")), "the copy can be checked as the kit itself"
    again = subprocess.run([sys.executable, str(here), "-q"], env={**os.environ, "HOME": str(home), **READ_HERE},
                           capture_output=True, encoding="utf-8", timeout=60)
    assert json.loads(again.stdout)[0] == ["-q"]


def test_a_damaged_kit_starts_nothing(kit: Path, tmp_path: Path) -> None:
    flip(whole(kit) / "wheels" / "some_thing-1.0-py3-none-any.whl")
    mirror = Mirror(KitShelf(Kit(kit))).start()
    done = typed(mirror, tmp_path, "--fix")
    assert done.returncode == 4 and "some_thing-1.0-py3-none-any.whl" in done.stderr and "老师" in done.stderr
    flip(kit / "suite" / "ollama_checkpoints" / "__main__.py")
    done = typed(Mirror(KitShelf(Kit(kit))).start(), tmp_path / "x")
    assert done.returncode == 4 and "404" in done.stderr and "Traceback" not in done.stderr


def test_a_mirror_that_is_gone_is_one_sentence(kit: Path, tmp_path: Path) -> None:
    mirror = Mirror(KitShelf(Kit(whole(kit)))).start()
    line = fetched(f"{mirror.url}/start")
    mirror.shutdown()
    mirror.server_close()
    done = subprocess.run([sys.executable, "-c", line.decode()], env={**os.environ, "HOME": str(tmp_path), **READ_HERE},
                          capture_output=True, encoding="utf-8", timeout=60)
    assert done.returncode == 4 and mirror.url in done.stderr and "Traceback" not in done.stderr


def test_an_old_python_reads_the_start_and_is_told(kit: Path) -> None:
    text = bare.START.read_text(encoding="utf-8")
    compile(text, "start.py", "exec", dont_inherit=True)
    import ast

    ast.parse(text, feature_version=(3, 6))
    told = text.replace("sys.version_info < (3, 11)", "sys.version_info < (99,)")
    done = subprocess.run([sys.executable, "-c", told], env={**os.environ, **READ_HERE}, capture_output=True,
                          encoding="utf-8", timeout=60)
    assert done.returncode == 4 and "Python 3.11" in done.stderr and "还差一样" in done.stderr


def test_the_wheels_are_a_package_index(kit: Path) -> None:
    mirror = Mirror(KitShelf(Kit(whole(kit)))).start()
    assert b'href="/simple/some-thing/"' in fetched(f"{mirror.url}/simple/")
    page = fetched(f"{mirror.url}/simple/Some_Thing/").decode()
    digest = hashlib.sha256(b"a wheel").hexdigest()
    assert f"/wheels/some_thing-1.0-py3-none-any.whl#sha256={digest}" in page
    assert fetched(f"{mirror.url}/wheels/some_thing-1.0-py3-none-any.whl") == b"a wheel"
    for path in ("/simple/none/", "/wheels/../SHA256SUMS", "/wheels/none.whl"):
        with pytest.raises(urllib.error.HTTPError):
            fetched(mirror.url + path)


def test_a_checkout_gives_the_suite_too(tmp_path: Path) -> None:
    mirror = Mirror(Shelf(tmp_path, tmp_path)).start()
    names = zipfile.ZipFile(io.BytesIO(fetched(f"{mirror.url}/suite.zip"))).namelist()
    assert {"suite/checks/__main__.py", "suite/fixtures/bootstrap.py", "suite/requirements.lock"} <= set(names)
    assert not any("/out/" in name or name.endswith(".pyc") or "/tests/" in name for name in names)
    assert json.loads(fetched(f"{mirror.url}/wheels.json")) == []


def board(kit: Path, capsys: pytest.CaptureFixture[str], **options: Any) -> tuple[Board, str]:
    shelf = KitShelf(Kit(kit))
    told = {"host": "127.0.0.1", "learners": 30, "hours": 2.0, **options}
    made = Board(shelf, argparse.Namespace(**told))
    made.tell(Mirror(shelf))
    return made, capsys.readouterr().out


def test_the_screen_says_what_to_type_how_much_and_who_can_reach_it(kit: Path,
                                                                   capsys: pytest.CaptureFixture[str]) -> None:
    _, said = board(whole(kit), capsys)
    assert "pytest checks" not in said and "python3 checks --fix --mirror=http://127.0.0.1:" in said
    assert 'python3 -c "import urllib' in said and 'py -c "import urllib' in said
    assert "Reached by this machine only." in said and "只有这台机器能连到这里" in said and "2 hours" in said
    assert "windows: no programs here" in said
    every = networks("0.0.0.0")
    assert all("/" in network and not network.startswith("127.") for _, network in every)
    assert room_address("0.0.0.0") in {address for address, _ in every} | {"127.0.0.1"}


def test_the_screen_names_what_is_damaged(kit: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flip(whole(kit) / "wheels" / "some_thing-1.0-py3-none-any.whl")
    assert "some_thing-1.0-py3-none-any.whl in the kit is damaged" in board(kit, capsys)[1]


def test_the_screen_follows_who_fetches_what(kit: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made, _ = board(whole(kit), capsys)
    made.names["big.tar.gz"] = "ollama 1 (linux-x86_64)", 10_000_000
    for number in range(12):
        made.progress(f"10.0.0.{number}", Path("big.tar.gz"), 2_500_000)
    made.progress("10.0.0.1", Path("ollama.tar.gz"), 6)
    lines = made.news()
    assert lines[0] == "10.0.0.0  ollama 1 (linux-x86_64)  25 % / 10 MB" and lines[-1] == "… + 4" and len(lines) == 9
    assert made.news() == []


def test_the_screen_tells_of_a_stick_that_is_pulled_out(kit: Path, tmp_path: Path,
                                                        capsys: pytest.CaptureFixture[str]) -> None:
    made, _ = board(whole(kit), capsys)
    server = Mirror(made.shelf).start()
    assert made.loss(server) is None
    kit.rename(tmp_path / "pulled out")
    with pytest.raises(urllib.error.URLError):
        fetched(f"{server.url}/wheels/some_thing-1.0-py3-none-any.whl")
    said = made.loss(server)
    assert said and "pulled out" in said.en and str(kit) in said.zh and made.loss(server) is None
    (tmp_path / "pulled out").rename(kit)
    again = made.loss(server)
    assert again and "again" in again.en and fetched(f"{server.url}/wheels/some_thing-1.0-py3-none-any.whl")


@pytest.mark.real
def test_a_bare_user_goes_by_the_printed_line_to_five_of_five(tmp_path: Path) -> None:
    """A network that ends at the mirror, an empty home, the system's Python: nothing comes from elsewhere."""
    needed = all(map(shutil.which, ("ip", "nsenter", "unshare", "zstd", "npm")))
    new = subprocess.run([SYSTEM_PYTHON, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"], check=False)
    if not needed or new.returncode or subprocess.run([*NAMESPACE, "true"], check=False).returncode:
        pytest.skip(f"no ip, unshare, zstd, npm, namespace or {SYSTEM_PYTHON} from 3.11: run it on Debian, as root")
    try:
        folder = kit_bench.real_kit(tmp_path)
    except ProgramMissing as error:
        pytest.skip(str(error))
    home = tmp_path / "home"
    home.mkdir()
    argv = [*NAMESPACE, sys.executable, "-m", "tests.support.veth_room", str(folder), str(home), "--fix", "--seat=A3"]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, encoding="utf-8", timeout=900)
    told = json.loads(done.stdout)
    result = json.loads((home / "ollama-checkpoints-report" / "A3" / "result.json").read_text(encoding="utf-8"))
    validator().validate(result)
    assert (told["code"], result["checkpoints"]["passed"]) == (0, 5), told["out"] + told["err"]
    (handed,) = (tmp_path / "hand-ins").glob("A3-*/history/*.json")
    assert json.loads(handed.read_bytes())["checkpoints"]["passed"] == 5
    assert "10.77.0.2  llama3.2:3b  100 %" in told["mirror"] and "10.77.0.0/24" in told["mirror"]
