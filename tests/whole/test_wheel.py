"""The wheel: one package that collides with nothing, started by the real uvx, pipx and pip."""
from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from reports.result import SUITE
from tests.conftest import ROOT
from tests.support.packaging_tools import files_of_git, run, tools
from tests.support.system_path import system_path

pytestmark = pytest.mark.real
CHECKS = "ollama-checkpoints"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with the wheel and the sdist of what git would take from this tree."""
    folder = tmp_path_factory.mktemp("built")
    copy = folder / "tree"
    for name in files_of_git("--cached", "--others", "--exclude-standard"):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, copy / name)
    for left in ("reports/out/result.json", "checks/__pycache__/x.pyc"):  # a person's results are nobody else's
        (copy / left).parent.mkdir(parents=True, exist_ok=True)
        (copy / left).write_text("mine")
    run([str(tools() / "python"), "-m", "build", "--no-isolation", "-o", str(folder), str(copy)], folder)
    yield folder


def wheel(folder: Path) -> Path:
    return next(folder.glob("*.whl"))


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """A person with nothing but uv and pipx; what they fetch stays in the test's folder."""
    home = tmp_path / "home"
    (home / "work").mkdir(parents=True)
    kept = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "UV_", "SSL_", "LANG"))}
    return {**kept, "HOME": str(home), "PATH": f"{tools()}:{system_path()}",
            "UV_CACHE_DIR": str(tmp_path / "uv"), "PIPX_HOME": str(tmp_path / "pipx"),
            "PIPX_BIN_DIR": str(tmp_path / "bin"),
            "OLLAMA_CHECKPOINTS_CACHE": str(tmp_path / "cache"), "UV_PYTHON": sys.executable,
            "UV_PYTHON_DOWNLOADS": "never"}


def start(argv: list[str], env: dict[str, str]) -> str:
    """What a person's first run prints who has neither program: 1, and what to do."""
    done = subprocess.run([*argv, "--lang=en"], cwd=Path(env["HOME"], "work"), env=env, capture_output=True, text=True,
                          timeout=300)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "ollama-not-installed" in done.stdout and "Traceback" not in done.stderr
    assert f"{CHECKS}-report/report.html" in done.stdout
    assert sorted(path.name for path in Path(env["HOME"], "work").iterdir()) == [f"{CHECKS}-report"]
    return done.stdout


def test_it_holds_the_tree_in_one_package_and_nobodys_results(built: Path) -> None:
    names = zipfile.ZipFile(wheel(built)).namelist()
    assert {name.partition("/")[0] for name in names} == {"ollama_checkpoints", f"ollama_checkpoints-{SUITE}.dist-info"}
    tree = {name.removeprefix("ollama_checkpoints/suite/") for name in names}
    listed = files_of_git("checks", "fixtures", "reports", "conftest.py", "requirements.lock")
    there = {name for name in listed if not name.startswith("reports/images/")}
    assert there <= tree and not [name for name in names if "/out/" in name or name.endswith(".pyc")]
    entries = zipfile.ZipFile(wheel(built)).read(f"ollama_checkpoints-{SUITE}.dist-info/entry_points.txt")
    assert "pytest11" not in entries.decode()


def test_check_wheel_contents_is_clean(built: Path) -> None:
    assert run([str(tools() / "python"), "-m", "check_wheel_contents", str(wheel(built))], ROOT).strip().endswith("OK")


def test_the_sdist_makes_the_same_wheel(built: Path, tmp_path: Path) -> None:
    sdist = next(built.glob("*.tar.gz"))
    run([str(tools() / "python"), "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", str(tmp_path),
         str(sdist)], tmp_path)
    one, other = (zipfile.ZipFile(wheel(folder)) for folder in (built, tmp_path))
    assert {name: one.getinfo(name).CRC
            for name in one.namelist()} == {name: other.getinfo(name).CRC for name in other.namelist()}


def test_uvx(built: Path, env: dict[str, str]) -> None:
    out = start([str(tools() / "uv"), "tool", "run", "--from", str(wheel(built)), CHECKS], env)
    assert f"uv tool run --from {wheel(built)} {CHECKS} --fix" in " ".join(out.split())
    told = run([str(tools() / "uvx"), "--from", str(wheel(built)), CHECKS, "explain", "--help"], Path(env["HOME"]), env)
    assert told.startswith(f"usage: uvx --from {wheel(built)} {CHECKS} explain")


def test_pipx(built: Path, env: dict[str, str]) -> None:
    out = start([str(tools() / "python"), "-m", "pipx", "run", "--spec", str(wheel(built)), CHECKS], env)
    assert f"pipx run --spec {wheel(built)} {CHECKS} --fix" in " ".join(out.split())


@pytest.fixture
def environment(built: Path, env: dict[str, str], tmp_path: Path) -> Path:
    """A virtual environment with the wheel, and the index's `fixtures` and `reports` played by folders of those
    names."""
    made = tmp_path / "venv"
    run([str(tools() / "uv"), "venv", "-q", "--seed", str(made)], tmp_path, env)
    run([str(made / "bin" / "python"), "-m", "pip", "install", "-q", str(wheel(built))], tmp_path, env)
    for name in ("checks", "fixtures", "reports"):
        foreign = next((made / "lib").glob("python*")) / "site-packages" / name
        foreign.mkdir()
        (foreign / "__init__.py").write_text("raise SystemExit('somebody else')")
    return made


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if "__pycache__" not in path.parts}


def test_pip_installs_it_beside_packages_of_the_same_names(environment: Path, env: dict[str, str]) -> None:
    before = files(environment)
    env["PATH"] = f"{environment / 'bin'}:{system_path()}"
    out = start([CHECKS], env)
    assert f"{CHECKS} --fix" in out and "venv" not in out
    work = Path(env["HOME"], "work")
    run([CHECKS, "room", f"{CHECKS}-report", "-o", "room.html"], work, env)
    assert (work / "room.html").is_file()
    assert "usage: ollama-checkpoints mirror" in run([CHECKS, "mirror", "--help"], work, env)
    assert files(environment) == before


def test_it_leaves_other_peoples_pytest_alone_and_nothing_behind(
    environment: Path, env: dict[str, str], tmp_path: Path
) -> None:
    start([str(environment / "bin" / CHECKS)], env)
    told = run([str(environment / "bin" / "python"), "-m", "pytest", "--help"], tmp_path, env)
    assert "--rehearse" not in told and "--fix-plan" not in told
    run([str(environment / "bin" / "python"), "-m", "pip", "uninstall", "-q", "-y", CHECKS], tmp_path, env)
    assert not [path for path in environment.rglob("ollama*checkpoints*")]


def test_last_failed_is_remembered_outside_of_the_package(environment: Path, env: dict[str, str]) -> None:
    env["PATH"] = f"{environment / 'bin'}:{system_path()}"
    start([CHECKS], env)
    again = subprocess.run([CHECKS, "--lf", "--co", "-q"], cwd=Path(env["HOME"], "work"), env=env, capture_output=True,
                           text=True, timeout=60)
    assert again.returncode == 0 and "test_ollama_version" in again.stdout and "test_config_valid" not in again.stdout
    assert Path(env["OLLAMA_CHECKPOINTS_CACHE"], "pytest").is_dir()


def test_an_editable_install_runs_pytest_checks_as_a_checkout_does(env: dict[str, str], tmp_path: Path) -> None:
    made = tmp_path / "venv"
    run([str(tools() / "uv"), "venv", "-q", "--seed", str(made)], tmp_path, env)
    run([str(made / "bin" / "python"), "-m", "pip", "install", "-q", "-e", str(ROOT)], tmp_path, env)
    env["PATH"] = f"{made / 'bin'}:{system_path()}"
    for argv in (["pytest", "checks"], [CHECKS], ["pytest", "--project", str(tmp_path), "checks"]):
        done = subprocess.run([*argv, "--lang=en", f"--report-dir={tmp_path / 'r'}", "-p", "no:cacheprovider"],
                              cwd=ROOT, env=env,
                              capture_output=True, text=True, timeout=120)
        typed = " ".join(argv).replace(f" --project {tmp_path}", "")
        assert done.returncode == 1 and typed in done.stdout, done.stdout + done.stderr
    hostile = tmp_path / "hostile"
    hostile.mkdir()
    (hostile / "pytest.ini").write_text("[pytest]\npython_files = *.py\n")
    done = subprocess.run(["pytest", "--project", str(hostile), "checks"], cwd=ROOT, env=env, capture_output=True,
                          text=True, timeout=60)
    assert done.returncode == 4 and f"--project={hostile}" in done.stderr
