"""A kit as it is packed: every system's programs and wheels, from stand-ins of the publishers and real pip and npm."""

from __future__ import annotations

import errno
import os
import re
import shutil
import stat
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from fixtures.mirror import archives, kit, pack, wheels
from fixtures.mirror.kit import Kit
from fixtures.mirror.pack import CannotPack, models_of
from fixtures.mirror.platforms import PLATFORMS, SYSTEMS, Platform
from fixtures.ollama.store import blob, names
from fixtures.system import sums
from fixtures.system.setup import Setup
from tests.conftest import ROOT
from tests.support import kit_bench
from tests.support.kit_bench import Publishers
from tests.support.small_kit import make_store

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        not shutil.which("zstd") or not shutil.which("npm"), reason="no zstd or npm on PATH: apt-get install zstd npm"
    ),
]
KEYS = [key for keys in SYSTEMS.values() for key in keys]
MODEL = "qwen2.5-coder:7b"


@pytest.fixture
def publishers(tmp_path: Path) -> Publishers:
    made = Publishers(tmp_path / "publishers")
    made.everything_small()
    return made


@pytest.fixture
def setup(tmp_path: Path, publishers: Publishers) -> Setup:
    """A machine with one small model, whose npm asks the stand-in."""
    make_store(tmp_path / "store")
    env = {
        **os.environ,
        "OLLAMA_MODELS": str(tmp_path / "store"),
        "OLLAMA_CHECKPOINTS_CACHE": str(tmp_path / "cache"),
        "npm_config_registry": publishers.url,
    }
    return Setup(env=env, home=tmp_path, project=tmp_path)


@pytest.fixture
def no_wheels(monkeypatch: pytest.MonkeyPatch) -> None:
    """For what is not about them: sixteen calls of pip take half a minute."""
    monkeypatch.setattr(wheels, "fetch", lambda *arguments: None)
    monkeypatch.setattr(wheels, "fetch_pip", lambda *arguments: None)


def packed_names(file: Path) -> dict[str, int]:
    with tarfile.open(file) as tar:
        return {member.name.removeprefix("./"): member.mode for member in tar}


def programs_of(folder: Path) -> dict[tuple[str, str], dict[str, int]]:
    return {
        (row["program"], row["platform"]): packed_names(folder / "programs" / row["file"]) for row in Kit(folder).rows()
    }


def test_every_system_is_there_file_by_file(setup: Setup, publishers: Publishers, tmp_path: Path) -> None:
    folder = kit_bench.pack(tmp_path / "kit", setup, publishers.url, KEYS, zipped=True)
    assert not list(sums.faults(folder, sums.read(folder))) and names(folder / "models") == names(setup.ollama_models)
    found = programs_of(folder)
    assert set(found) == {(program, key) for program in ("ollama", "opencode") for key in KEYS}
    for (program, key), members in found.items():
        exe = PLATFORMS[key].exe
        assert f"bin/{program}{exe}" in members or f"{program}{exe}" in members, (program, key)
        assert all(mode & 0o111 for mode in members.values())
    for python in wheels.PYTHONS:
        for key in KEYS:
            assert installs(folder / "wheels", python, PLATFORMS[key], tmp_path), (python, key)
    same_in_zip(folder)


def installs(near: Path, python: str, one: Platform, work: Path) -> bool:
    """Whether that Python finds all it needs in the folder, asking no index."""
    wanted = work / "wanted.txt"
    key = next(key for key, other in PLATFORMS.items() if other is one)
    wanted.write_text(wheels.requirements((ROOT / "requirements.lock").read_text("utf-8"), key, python), "utf-8")
    tags = [word for tag in one.tags for word in ("--platform", tag)]
    abis = [word for abi in (f"cp{python.replace('.', '')}", "abi3", "none") for word in ("--abi", abi)]
    words = "-q --dry-run --no-deps --no-index --require-hashes --only-binary :all: --python-version".split()
    where = ["--find-links", str(near), "--target", str(work / "target"), "-r", str(wanted)]
    argv = [sys.executable, "-m", "pip", "install", *words, python, *tags, *abis, *where]
    env = {**os.environ, "PIP_CONFIG_FILE": os.devnull}
    return subprocess.run(argv, capture_output=True, env=env, timeout=120).returncode == 0


def same_in_zip(folder: Path) -> None:
    """Byte for byte, and with the bits that make a script run."""
    with zipfile.ZipFile(folder.with_name(f"{folder.name}.zip")) as made:
        assert {name.removeprefix(f"{folder.name}/") for name in made.namelist()} == set(sums.files(folder))
        for name in ("start.sh", "start.cmd", "suite/conftest.py", "SHA256SUMS"):
            assert made.read(f"{folder.name}/{name}") == (folder / name).read_bytes()
        runs = {
            name for name in sums.files(folder) if made.getinfo(f"{folder.name}/{name}").external_attr >> 16 & 0o111
        }
    assert {"start.sh", "start.command"} <= runs and all(
        re.match(r"start\.|suite/fixtures/setups/.*/bin/", name) for name in runs
    )


def test_a_kit_is_renewed_and_what_was_damaged_comes_anew(
    setup: Setup, publishers: Publishers, tmp_path: Path, no_wheels: None
) -> None:
    folder = kit_bench.pack(tmp_path / "kit", setup, publishers.url, ["linux-x86_64"])
    program = next((folder / "programs").glob("opencode-*"))
    layer = next((folder / "models" / "blobs").iterdir())
    for file in (program, layer):
        file.write_bytes(file.read_bytes()[:-1] + b"\0")
    (folder / "programs" / "ollama-0.1.0-old.tar.gz").write_bytes(b"")
    before = sums.sha256(next((folder / "programs").glob("ollama-0.3*")))
    kit_bench.pack(
        folder, setup, "http://127.0.0.1:9", ["linux-x86_64"]
    )  # only npm is asked: Ollama's archive is sound
    assert not list(sums.faults(folder, sums.read(folder))) and names(folder / "models") == names(setup.ollama_models)
    assert sums.sha256(next((folder / "programs").glob("ollama-0.3*"))) == before
    assert layer.read_bytes() == blob(setup.ollama_models, layer.name.replace("-", ":", 1)).read_bytes()
    assert not (folder / "programs" / "ollama-0.1.0-old.tar.gz").exists()


def refused(setup: Setup, url: str, folder: Path, key: str = "windows-x86_64") -> str:
    """Why there is no kit; and there is none."""
    with pytest.raises(CannotPack) as failed:
        kit_bench.pack(folder, setup, url, [key])
    assert not (folder / sums.NAME).exists()
    return failed.value.words.en


def test_what_is_not_the_publishers_is_not_packed(
    setup: Setup, publishers: Publishers, tmp_path: Path, no_wheels: None
) -> None:
    (publishers.folder / "v0.34.0" / "ollama-windows-amd64.zip").write_bytes(b"another")
    assert "ollama (windows-x86_64) did not come" in refused(setup, publishers.url, tmp_path / "kit")
    publishers.everything_small()
    publishers.package(
        PLATFORMS["windows-x86_64"].package, {"bin/opencode.exe": b"x"}, integrity="sha512-" + "A" * 86 + "=="
    )
    assert "opencode (windows-x86_64) did not come" in refused(setup, publishers.url, tmp_path / "kit")
    assert "did not come" in refused(setup, "http://127.0.0.1:9", tmp_path / "other", "linux-x86_64")
    publishers.everything_small()
    kit_bench.pack(tmp_path / "kit", setup, publishers.url, ["windows-x86_64"])  # the same command goes on


def test_the_integrity_that_npm_announces_is_ours_too(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"")
    assert archives.integrity(tmp_path / "x").startswith(
        "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg"
    )


def test_folders_and_models_that_cannot_be(
    setup: Setup, publishers: Publishers, tmp_path: Path, no_wheels: None
) -> None:
    (tmp_path / "kit").mkdir()
    (tmp_path / "kit" / "thesis.docx").write_text("")
    assert "holds other things" in refused(setup, publishers.url, tmp_path / "kit")
    assert (tmp_path / "kit" / "thesis.docx").exists()
    with pytest.raises(CannotPack, match="ollama pull llama3.1:8b"):
        models_of(setup.ollama_models, ["llama3.1:8b"])
    with pytest.raises(CannotPack, match="ollama pull"):
        models_of(tmp_path / "no store", [])
    layer = next((setup.ollama_models / "blobs").iterdir())
    layer.write_bytes(layer.read_bytes()[:-1] + b"\0")
    assert f"ollama pull {MODEL}" in refused(setup, publishers.url, tmp_path / "new", "linux-x86_64")


@pytest.mark.parametrize(
    ("number", "said"), [(errno.EFBIG, "exFAT"), (errno.ENOSPC, "disk is full"), (errno.EIO, "goes on from here")]
)
def test_a_stick_that_takes_no_more(
    number: int,
    said: str,
    setup: Setup,
    publishers: Publishers,
    tmp_path: Path,
    no_wheels: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(source: Path, target: Path) -> None:
        raise OSError(number, os.strerror(number), str(target))

    monkeypatch.setattr(pack, "_copy", broken)
    assert said in refused(setup, publishers.url, tmp_path / "kit", "linux-x86_64")


def test_room_is_asked_for_before(
    setup: Setup, publishers: Publishers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    little = shutil._ntuple_diskusage(10, 9, 1)  # type: ignore[attr-defined]
    monkeypatch.setattr(pack.shutil, "disk_usage", lambda folder: little)
    assert "are needed" in refused(setup, publishers.url, tmp_path / "kit", "linux-x86_64")
    assert not list((tmp_path / "kit" / "programs").iterdir())


def test_a_program_that_leads_out_of_its_archive_is_not_packed(
    setup: Setup, publishers: Publishers, tmp_path: Path, no_wheels: None
) -> None:
    publishers.release("ollama-darwin.tgz", kit_bench.packed("w:gz", {"../../etc/cron.d/x": b"x"}))
    assert "leads out" in refused(setup, publishers.url, tmp_path / "kit", "macos-arm64")


def test_wrong_words_end_with_4(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert pack.main([str(tmp_path / "kit"), "--systems=beos"]) == 4
    assert "linux-arm64" in capsys.readouterr().out and not (tmp_path / "kit").exists()


def test_scripts_can_be_run_from_a_kit(setup: Setup, publishers: Publishers, tmp_path: Path, no_wheels: None) -> None:
    folder = kit_bench.pack(tmp_path / "kit", setup, publishers.url, ["linux-x86_64"])
    assert (folder / "start.sh").stat().st_mode & stat.S_IXUSR and kit.INDEX in sums.read(folder)
    copied = {name for name in sums.files(folder / "suite")}
    listed = subprocess.run(
        ["git", "ls-files", "checks", "fixtures", "reports"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert {
        name for name in listed.split() if not name.startswith("reports/images") and (ROOT / name).exists()
    } <= copied
    assert not [name for name in copied if name.startswith("reports/out/") or name.endswith(".pyc")]
