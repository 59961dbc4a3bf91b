"""A learner's first steps on Windows, typed as the README says; nothing but Python is there."""
from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.support.windows.machine import PACKAGES, Windows
from tests.support.windows.visit import CONFIG, MODEL, STAND_INS, checks, pitfalls, put_on_path, result, write_config

pytestmark = [pytest.mark.real, pytest.mark.windows]
TIMING = ROOT / "tests" / "support" / "windows_timing" / "sitecustomize.py"
CODE_PAGE = "gbk"


def of_the_person(learner: Windows) -> dict[str, bytes]:
    """What the person has in their home, but for the suite, its cache, and Windows' own."""
    ours = ("检查 套件", "wheels", "AppData/Local/ollama-checkpoints", "AppData/Local/Temp", "AppData/Local/Microsoft")
    files = (file for file in learner.home.rglob("*") if file.is_file())
    named = {file.relative_to(learner.home).as_posix(): file for file in files}
    return {name: file.read_bytes() for name, file in named.items() if not name.startswith(ours)}


def test_a_bare_machine_is_told_what_to_type_in_its_own_code_page(learner: Windows, suite: str) -> None:
    """The first start makes an environment; what is printed goes to a file, as with `> out.txt`."""
    ran = checks(learner, suite, "--lang=zh", python="python")
    said = ran.raw.decode(CODE_PAGE)
    assert ran.code == 1 and said.startswith("第一次运行") and "winget install --id Ollama.Ollama" in said
    found = result(learner, suite)
    assert found["machine"]["os"] == "windows" and found["lang"] == "zh"
    assert pitfalls(found) == {"ollama-version": "ollama-not-installed", "opencode-version": "opencode-not-installed",
                               "config-found": "config-missing"}


@pytest.mark.usefixtures("shop")
def test_fix_leads_to_the_first_sentence_and_undo_back(learner: Windows, suite: str) -> None:
    before = of_the_person(learner)
    plan = checks(learner, suite, "--fix-plan", "--lang=zh")
    assert plan.code == 0 and of_the_person(learner) == before
    for command in ("winget install --id Ollama.Ollama", "npm install --global opencode-ai", "ollama serve"):
        assert command in plan.raw.decode(CODE_PAGE)
    fix = checks(learner, suite, "--fix", "--lang=zh")
    found = result(learner, suite)
    assert (fix.code, found["checkpoints"]["passed"]) == (0, 5), fix.raw.decode(CODE_PAGE)
    assert {one["outcome"] for one in found["fixes"]} == {"done"}
    again = checks(learner, suite, "--lang=en")
    assert again.code == 0 and "all 5 of 5 checkpoints passed" in again.out
    undo = checks(learner, suite, "--undo", "--lang=zh")
    assert undo.code == 0, undo.raw.decode(CODE_PAGE)
    assert of_the_person(learner) == before


@pytest.fixture(scope="module")
def installed(learner: Windows, shop: None) -> Path:
    """Ollama and OpenCode by hand, as the lesson says; no server runs. Returns the config."""
    for manager, words in (("winget", "install --id Ollama.Ollama"), ("npm.cmd", "install --global opencode-ai")):
        assert learner.run("cmd", "/c", manager, *words.split()).code == 0
    put_on_path(learner)
    return learner.home / CONFIG


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_stopped_server_is_called_stopped_however_late_its_port_refuses(learner: Windows, suite: str, installed: Path,
                                                                          host: str) -> None:
    write_config(installed, host)
    shutil.copy(TIMING, learner.path("C:\\stand-ins\\sitecustomize.py"))
    ran = checks(learner, suite, "--lang=en", PYTHONPATH="C:\\stand-ins")
    assert ran.code == 1
    assert pitfalls(result(learner, suite)) == {"server-listening": "server-not-running"}, ran.out


@pytest.mark.usefixtures("installed")
def test_a_script_that_powershell_forbids_is_told_until_it_is_allowed(learner: Windows, suite: str) -> None:
    """As `Set-ExecutionPolicy -Scope CurrentUser` writes it; a fresh Windows has no such value, and forbids."""
    key = "HKCU\\Software\\Microsoft\\PowerShell\\1\\ShellIds\\Microsoft.PowerShell"
    ran = checks(learner, suite, "--lang=zh", "-k", "opencode_version")
    assert "Restricted" in ran.raw.decode(CODE_PAGE)
    one = next(one for one in result(learner, suite)["checks"] if one["id"] == "opencode-version")
    assert (one["status"], one["pitfall"]) == ("advice", "powershell-policy")
    learner.run("reg", "add", key, "/v", "ExecutionPolicy", "/d", "RemoteSigned", "/f")
    checks(learner, suite, "-k", "opencode_version")
    one = next(one for one in result(learner, suite)["checks"] if one["id"] == "opencode-version")
    assert one["status"] == "passed"


@pytest.mark.usefixtures("installed")
def test_what_windows_says_of_onedrive_and_setx_is_read(learner: Windows, suite: str, installed: Path) -> None:
    """OneDrive's folder in another spelling than the project's; a variable that this window was opened before."""
    write_config(installed, "127.0.0.1")
    (learner.home / "OneDrive" / "Desktop" / "练习").mkdir(parents=True)
    project = f"--project={learner.profile}\\OneDrive\\Desktop\\练习"
    checks(learner, suite, "-k", "config_found", project, OneDrive=f"{learner.profile}\\onedrive")
    one = next(one for one in result(learner, suite)["checks"] if one["id"] == "config-found")
    assert (one["status"], one["pitfall"]) == ("advice", "onedrive-folder")
    learner.set_variable("OLLAMA_HOST", "127.0.0.1:11500")
    lines = ("import os, sys", "del os.environ['OLLAMA_HOST']", "from fixtures.facts.facts import Facts",
             "from fixtures.system.setup import Setup", "from pathlib import Path",
             "print(Facts(Setup.of_this_machine(Path.cwd()), lambda machine: 'x').users_host)")
    told = learner.run(PACKAGES, "-c", "; ".join(lines), cwd=suite)
    learner.run("reg", "delete", "HKCU\\Environment", "/v", "OLLAMA_HOST", "/f")
    assert told.out.strip() == "127.0.0.1:11500", told.out


@pytest.fixture
def server(learner: Windows, installed: Path) -> None:
    """`ollama serve` in another window, with the lesson's model."""
    write_config(installed, "127.0.0.1")
    learner.start("ollama", "serve")
    pull = f"import urllib.request as u; u.urlopen('http://127.0.0.1:11434/api/pull', b'{{\"model\": \"{MODEL}\"}}')"
    wait = f"import time\nfor _ in range(100):\n    try: {pull}; break\n    except OSError: time.sleep(.1)"
    assert learner.run(PACKAGES, "-c", wait).code == 0


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize(("key", "code"), [("CTRL_C_EVENT", 2), ("CTRL_BREAK_EVENT", None)])
def test_a_run_that_is_interrupted_leaves_no_opencode(learner: Windows, suite: str, key: str,
                                                          code: int | None) -> None:
    """Wine's C library knows no SIGBREAK (dlls/msvcrt/except.c): there the run is ended at once, and tells nothing."""
    shutil.copy(STAND_INS / "interrupt.py", learner.path("C:\\stand-ins\\interrupt.py"))
    ran = learner.run(PACKAGES, "C:\\stand-ins\\interrupt.py", key, "C:\\stand-ins\\told.txt", cwd=suite)
    told = re.fullmatch(r"up True, exit code (\d+), left 0", ran.out.strip())
    assert told, ran.out
    if code is not None:
        found = result(learner, suite)
        assert int(told[1]) == found["run"]["exit"] == code
        assert "not-run" in {one["status"] for one in found["checks"]}
