"""A kit on a stick, in a network that ends at this machine: from a bare home to five of five, and what can go wrong."""

from __future__ import annotations

import errno
import json
import os
import shutil
from pathlib import Path

import pytest

from fixtures.facts.facts import Facts
from fixtures.fix.install import _from_room
from fixtures.fix.journal import Journal
from fixtures.fix.step import Case, FixFailed, Step, plan
from fixtures.mirror.client import Room
from fixtures.mirror.server import Handler
from fixtures.programs.programs import Programs
from fixtures.sandbox.model_store import place_models
from fixtures.system import sums
from fixtures.system.setup import Setup
from tests.conftest import ROOT
from tests.support.mirror_bench import NAME, Bench
from tests.support.small_kit import flip, kit
from tests.support.stick_seat import LEFT, PYTHON, Seat, namespaces, stick

__all__ = ["kit", "stick"]


def pulled_out(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Halfway through a large file the stick is gone: what is read then is an error, and the folder is not there."""

    def body(self: Handler, file: Path, first: int, length: int) -> None:
        if length < 100:
            return sound(self, file, first, length)
        self.wfile.write(file.read_bytes()[first : first + length // 2])
        folder.rename(folder.with_name("pulled out"))
        raise OSError(errno.EIO, "Input/output error")

    sound = Handler.body
    monkeypatch.setattr(Handler, "body", body)


def test_a_program_from_a_stick_that_is_pulled_out(kit: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (kit / "programs" / "ollama.tar.gz").write_bytes(os.urandom(500_000))
    (row,) = json.loads((kit / "programs" / "index.json").read_text(encoding="utf-8"))
    row |= {"size": 500_000, "sha256": sums.sha256(kit / "programs" / "ollama.tar.gz")}
    (kit / "programs" / "index.json").write_text(json.dumps([row]), encoding="utf-8")
    sums.write(kit)
    room = Room(str(kit))
    pulled_out(monkeypatch, kit)
    (tmp_path / "work").mkdir()
    with pytest.raises(FixFailed) as failed:
        _from_room(room, row)(tmp_path / "work")
    assert str(kit) in failed.value.words.en and "pulled out" in failed.value.words.en and "拔" in failed.value.words.zh
    assert not (tmp_path / "work" / "kept").exists()


@pytest.mark.real
def test_a_model_from_a_stick_that_is_pulled_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bench, stick = Bench(tmp_path), tmp_path / "stick"
    place_models(Programs(dict(os.environ)), stick / "models", [NAME])

    def take() -> None:
        (step,) = steps_from(bench.setup, stick)
        journal = Journal(bench.setup)
        try:
            step.take(journal)
        finally:
            journal.close()

    with monkeypatch.context() as patch:
        pulled_out(patch, stick)
        with pytest.raises(FixFailed, match="pulled out"):
            take()
    assert bench.listed() == []
    (tmp_path / "pulled out").rename(stick)
    take()
    assert bench.listed() == [NAME] and bench.sound()


def steps_from(setup: Setup, stick: Path) -> list[Step]:
    steps = plan(
        Case(Facts(setup, lambda machine: NAME), "model-downloaded", "model-not-downloaded", mirror=str(stick))
    )
    assert [step.command for step in steps] == [""] and str(stick) in steps[0].words.en
    return steps


@pytest.fixture
def seat(stick: Path, tmp_path: Path) -> Seat:
    (tmp_path / "home").mkdir()
    return Seat(stick, tmp_path / "home")


@pytest.mark.real
def test_a_bare_user_goes_from_the_stick_to_five_of_five_and_back(seat: Seat) -> None:
    first = seat.type("sh", "start.sh", "--lang=en")
    assert first.returncode == 1 and "type   sh start.sh --fix" in first.stdout, first.stdout + first.stderr
    done = seat.type("sh", "start.sh", "--fix", "--lang=en")
    result = seat.result()
    assert (done.returncode, result["checkpoints"], result["model"]) == (0, {"passed": 5, "of": 5}, "llama3.2:3b"), (
        done.stdout + done.stderr
    )
    assert {fix["outcome"] for fix in result["fixes"]} == {"done"}
    verified = seat.type("sh", "start.sh", "mirror", "verify")
    assert verified.returncode == 0 and "is whole" in verified.stdout  # nothing was written to the stick
    assert seat.type("sh", "start.sh", "--undo").returncode == 0
    assert (
        not list(seat.home.glob(".local/share/ollama-checkpoints/*"))
        and not (seat.home / ".config" / "opencode").exists()
    )


@pytest.fixture
def damaged(seat: Seat, tmp_path: Path) -> Seat:
    """A copy of the stick that may be harmed; large files are linked, so harm them by replacing."""
    shutil.copytree(seat.stick, tmp_path / "stick", copy_function=os.link)
    return Seat(tmp_path / "stick", seat.home)


def harm(file: Path) -> None:
    whole = file.read_bytes()
    file.unlink()
    file.write_bytes(whole)
    flip(file)


@pytest.mark.real
def test_a_stick_with_a_flipped_bit_installs_nothing(damaged: Seat) -> None:
    harm(damaged.stick / "suite" / "checks" / "lesson.toml")
    done = damaged.type("sh", "start.sh", "--fix")
    assert done.returncode == 4 and "suite/checks/lesson.toml is damaged" in done.stderr and "损坏" in done.stderr
    kept = {path.name for path in (damaged.home / ".cache" / "ollama-checkpoints").iterdir()}
    assert kept <= {"locks", "tmp", "tables"}


@pytest.mark.real
@pytest.mark.parametrize("how", ["flipped", "missing"])
def test_a_wheel_that_is_not_sound_is_not_fetched_from_elsewhere(how: str, damaged: Seat) -> None:
    wheel = next((damaged.stick / "wheels").glob("pluggy-*.whl"))
    harm(wheel) if how == "flipped" else wheel.unlink()
    done = damaged.type("sh", "start.sh")
    assert (
        done.returncode == 4
        and f"{damaged.stick}/wheels lacks a package" in done.stderr
        and "Traceback" not in done.stderr
    ), done.stderr
    assert not [
        path for path in (damaged.home / ".cache" / "ollama-checkpoints").iterdir() if path.name.startswith("python-")
    ]


@pytest.mark.real
def test_a_missing_and_a_damaged_part_are_named_and_nothing_is_half_installed(damaged: Seat) -> None:
    next((damaged.stick / "programs").glob("opencode-*")).unlink()
    harm(next((damaged.stick / "programs").glob("ollama-*")))
    done = damaged.type("sh", "start.sh", "--fix", "--lang=en")
    assert done.returncode == 1 and "its SHA-256 is" in " ".join(done.stdout.split()), done.stdout + done.stderr
    told = {one["id"]: one["pitfall"] for one in damaged.result()["checks"]}
    assert told["ollama-version"] == "download-corrupt" and "is missing from the kit" in " ".join(done.stdout.split())
    programs = damaged.home / ".local" / "share" / "ollama-checkpoints"
    assert not list(programs.glob("[!.]*")) and not list(damaged.home.glob(".local/bin/*"))


@pytest.mark.real
@pytest.mark.parametrize(("size", "said"), [(60, "MB left"), (170, "are free")])
def test_a_full_disk_is_said_and_leaves_nothing_half(size: int, said: str, seat: Seat) -> None:
    """The first has no room for the suite's own packages, the second none for a program."""
    done = Seat(seat.stick, seat.home, size).type("sh", "start.sh", "--fix", "--lang=en")
    printed, _, left = done.stdout.partition(LEFT)
    out = printed + done.stderr
    assert done.returncode in (1, 4) and "Traceback" not in out and said in " ".join(out.split()), out
    assert any(name.startswith("python-") for name in left.split()) == (size == 170), left
    assert not [name for name in left.split() if name.startswith("opencode-") and size == 60], left


@pytest.mark.real
def test_a_bare_checkout_without_a_network_says_so_at_once(tmp_path: Path) -> None:
    if not (shutil.which("unshare") and namespaces()):
        pytest.skip("no unshare or network namespace: run it as root on Linux")
    (tmp_path / "home").mkdir()
    done = Seat(ROOT, tmp_path / "home").type(PYTHON, "checks")
    assert done.returncode == 4 and "cannot be reached" in done.stderr and "Retrying" not in done.stderr, done.stderr
    assert len(done.stderr.splitlines()) == 4 and not list(
        (tmp_path / "home" / ".cache" / "ollama-checkpoints").glob("python-*")
    )
