"""What lies in a kit, what of it is not sound, and the scripts that start it."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
from pathlib import Path

import pytest

from checks.judging.lesson import near
from fixtures.environment import LOCK
from fixtures.mirror import platforms, verify, wheels
from fixtures.mirror.client import Room, kit_at
from fixtures.mirror.kit import Kit
from fixtures.mirror.platforms import PLATFORMS
from fixtures.ollama.store import blob, names
from fixtures.system import sums
from fixtures.system.download import DownloadFailed
from fixtures.system.setup import Setup
from tests.support.programs_stand_ins import script
from tests.support.small_kit import flip, kit, make_store

__all__ = ["kit"]
START = Path(platforms.__file__).parent / "start"
MODEL = "qwen2.5-coder:7b"


def layer(kit: Path) -> Path:
    return next((kit / "models" / "blobs").iterdir())


def test_a_folder_is_a_mirror_of_this_machine_alone(kit: Path, tmp_path: Path) -> None:
    room = Room(str(kit))
    row = room.program("ollama", Setup.of_this_machine(tmp_path))
    assert row and room.url.startswith("http://127.0.0.1:") and room.shown == str(kit)
    room.download(row, tmp_path / "got")
    assert (tmp_path / "got").read_bytes() == b"packed"
    assert room.model_size(MODEL) == layer(kit).stat().st_size and room.models() == names(kit / "models")
    assert not room.lost and room.model_fault(MODEL) is None and room.program_fault(row) is None


def test_what_is_no_kit_is_no_mirror(tmp_path: Path) -> None:
    assert kit_at(str(tmp_path)) is None and kit_at("10.0.0.5:11480") is None and kit_at(str(tmp_path / "gone")) is None


def test_a_damaged_manifest_or_index_gives_nothing(kit: Path, tmp_path: Path) -> None:
    """A flipped bit in a manifest could lose the template of a model, and nobody would see why it answers oddly."""
    flip(kit / "models" / "manifests" / "registry.ollama.ai" / "library" / "qwen2.5-coder" / "7b")
    flip(kit / "programs" / "index.json")
    room = Room(str(kit))
    fault, program = room.model_fault(MODEL), room.program_fault(None)
    assert fault and "damaged" in fault.en and room.model_size(MODEL) is None
    assert program and "index.json" in program.en and room.program("ollama", Setup.of_this_machine(tmp_path)) is None


def test_a_missing_or_short_layer_is_named(kit: Path) -> None:
    room, path = Room(str(kit)), layer(kit)
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    short = room.model_fault(MODEL)
    path.unlink()
    missing = room.model_fault(MODEL)
    assert short and "damaged" in short.en and missing and path.name in missing.en and "missing" in missing.en


def test_a_program_that_is_not_what_was_packed_does_not_come(kit: Path, tmp_path: Path) -> None:
    room = Room(str(kit))
    row = room.program("ollama", Setup.of_this_machine(tmp_path))
    assert row
    flip(kit / "programs" / "ollama.tar.gz")
    with pytest.raises(DownloadFailed) as failed:
        room.download(row, tmp_path / "got")
    assert failed.value.pitfall == "download-corrupt" and not (tmp_path / "got").exists()
    (kit / "programs" / "ollama.tar.gz").unlink()
    fault = room.program_fault(row)
    assert fault and "programs/ollama.tar.gz" in fault.en


def test_a_stick_that_is_gone_is_told_apart(kit: Path, tmp_path: Path) -> None:
    room = Room(str(kit))
    kit.rename(tmp_path / "elsewhere")
    assert room.lost
    (tmp_path / "elsewhere").rename(kit)
    assert not room.lost


def test_verify_says_it_in_both_languages(kit: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify.main([str(kit)]) == 0 and "is whole" in capsys.readouterr().out
    flip(layer(kit))
    (kit / "programs" / "ollama.tar.gz").unlink()
    assert verify.main([str(kit)]) == 1
    said = capsys.readouterr().out
    assert layer(kit).name in said and "programs/ollama.tar.gz is missing" in said and "不完整" in said
    (kit / sums.NAME).unlink()
    assert verify.main([str(kit)]) == 1 and "SHA256SUMS" in capsys.readouterr().out


def test_verify_needs_nothing_but_python(kit: Path) -> None:
    argv = [
        sys.executable,
        "-I",
        "-S",
        "-c",
        "import sys; sys.path.insert(0, sys.argv[1]); from fixtures.mirror.__main__ import main; "
        "sys.exit(main(['verify', sys.argv[2]]))",
        str(Path(platforms.__file__).parents[2]),
        str(kit),
    ]
    done = subprocess.run(
        argv, capture_output=True, encoding="utf-8", timeout=60, env={**os.environ, "PYTHONUTF8": "1"}
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_model_is_one_that_the_kit_has() -> None:
    have = [("llama3.2:3b", 2_000_000_000), ("qwen2.5-coder:7b", 4_700_000_000), ("mine:latest", 3_000_000_000)]
    assert near("qwen2.5-coder:7b", have) == near("qwen2.5-coder:7b", []) == "qwen2.5-coder:7b"
    assert near("llama3.1:8b", have) == "qwen2.5-coder:7b" and near("llama3.2:3b", have[1:]) == "mine:latest"


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        ("linux", ["linux-x86_64"]),
        ("windows, macos", ["windows-x86_64", "macos-arm64", "macos-x86_64"]),
        ("linux-arm64,linux,linux", ["linux-arm64", "linux-x86_64"]),
        ("solaris", None),
        ("", None),
    ],
)
def test_systems_as_they_are_typed(words: str, keys: list[str] | None) -> None:
    assert platforms.chosen(words) == keys


def test_wheels_are_asked_for_by_the_other_systems_markers() -> None:
    asked = {key: wheels.requirements(LOCK.read_text(encoding="utf-8"), key, "3.12") for key in PLATFORMS}
    assert {key for key, text in asked.items() if "colorama==" in text} == {"windows-x86_64", "windows-arm64"}
    assert all(";" not in text and "typing-extensions==" in text for text in asked.values())
    assert all(line.count("--hash=sha256:") for text in asked.values() for line in text.splitlines())


def test_start_scripts_keep_their_own_line_ends() -> None:
    assert b"\r" not in (START / "start.sh").read_bytes() + (START / "start.command").read_bytes()
    lines = (START / "start.cmd").read_bytes().split(b"\n")
    assert all(line.endswith(b"\r") for line in lines[:-1])


posix = pytest.mark.skipif(os.name != "posix", reason="sh: POSIX only")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the script and, where the suite lies, something that says how it was started."""
    made = tmp_path / "my kit"
    (made / "suite" / "ollama_checkpoints").mkdir(parents=True)
    (made / "suite" / "ollama_checkpoints" / "__main__.py").write_text(
        "import os, sys\n"
        "print(sys.version_info[:2] >= (3, 11), sys.argv[1:], os.environ['OLLAMA_CHECKPOINTS_COMMAND'])\n"
    )
    (made / "start.sh").write_bytes((START / "start.sh").read_bytes())
    return made


def begin(folder: Path, path: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": str(path), "HOME": str(folder)}
    return subprocess.run(["/bin/sh", *argv], cwd=folder, env=env, capture_output=True, encoding="utf-8", timeout=60)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A PATH with the two commands that the script itself needs."""
    made = tmp_path / "path"
    for name in ("dirname", "uname"):
        script(made / name, f'exec /usr/bin/{name} "$@"')
    return made


@posix
def test_start_takes_the_first_python_that_is_new_enough(folder: Path, path: Path) -> None:
    script(path / "python3", "exit 1")
    script(path / "python3.12", f'exec {sys.executable} "$@"')
    done = begin(folder, path, "start.sh", "--lang=en", "a b")
    assert done.stdout.strip() == "True ['--lang=en', 'a b'] sh start.sh", done.stderr
    elsewhere = begin(path, path, str(folder / "start.sh"))
    assert elsewhere.stdout.strip() == f"True [] sh '{folder / 'start.sh'}'"


@posix
def test_start_names_the_one_thing_to_install(folder: Path, path: Path) -> None:
    script(path / "python3", "exit 1")
    done = begin(folder, path, "start.sh")
    assert done.returncode == 4 and done.stdout == "" and "sudo apt install python3" in done.stderr
    script(path / "uname", "echo Darwin")
    assert "brew install python" in begin(folder, path, "start.sh").stderr


@posix
@pytest.mark.parametrize("shell", ["sh", "bash", "dash", "zsh", "ksh"])
def test_start_parses_in_every_shell(shell: str) -> None:
    found = functools.reduce(lambda seen, top: seen or next(Path(top).glob(shell), None), ("/bin", "/usr/bin"), None)
    if not found:
        pytest.skip(f"no {shell} on PATH: install it to try the script with it")
    for name in ("start.sh", "start.command"):
        subprocess.run([str(found), "-n", str(START / name)], check=True)


def test_kit_of_models_alone_is_one(tmp_path: Path) -> None:
    make_store(tmp_path / "models")
    assert Kit(tmp_path) and Room(str(tmp_path)).models() and blob(tmp_path / "models", "sha256:0").name == "sha256-0"
