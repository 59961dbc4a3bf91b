"""A kit on a mounted exFAT image, as sticks are sold: no run bits, no links, one spelling of a name; and read-only."""
from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.stick_seat import Seat, stick

__all__ = ["stick"]
SIZE = "3G"
"""Of the image; what is empty in it takes no room."""
SECONDS = 300
"""From the first line typed to five of five, on a machine several times as slow as the one that was measured."""
MOUNTS = ("mount.exfat-fuse", "mount.exfat")


def run(*words: object) -> str:
    return subprocess.run([str(word) for word in words], check=True, capture_output=True, text=True).stdout.strip()


def mount(device: str, place: Path, options: str) -> None:
    """By the kernel's own driver, else by the one that FUSE carries."""
    if subprocess.run(["mount", "-t", "exfat", "-o", options, device, str(place)], capture_output=True).returncode:
        driver = next(one for one in MOUNTS if shutil.which(one))
        for _ in range(60):  # the driver before still writes out what it was given
            done = subprocess.run([driver, "-o", options, device, str(place)], capture_output=True, text=True)
            if done.returncode == 0:
                return
            time.sleep(1)
        raise AssertionError(done.stdout + done.stderr)


@pytest.fixture
def exfat(stick: Path, tmp_path: Path) -> Iterator[Path]:
    """The kit, copied to the image and mounted anew for reading only, its files without a run bit."""
    if not os.environ.get("OLLAMA_CHECKPOINTS_ALL"):
        pytest.skip("the copy and the run take a minute or two: OLLAMA_CHECKPOINTS_ALL=1")
    if not shutil.which("mkfs.exfat") or os.geteuid():
        pytest.skip("no exFAT: apt-get install exfatprogs exfat-fuse, as root")
    image, place = tmp_path / "stick.img", tmp_path / "mounted"
    place.mkdir()
    run("truncate", "-s", SIZE, image)
    run("mkfs.exfat", image)
    try:
        device = run("losetup", "--find", "--show", image)
    except subprocess.CalledProcessError as error:
        pytest.skip(f"no loop device ({error.stderr.strip()}): run this where `losetup --find` names one")
    try:
        mount(device, place, "rw")
        shutil.copytree(stick, place / "kit", copy_function=shutil.copyfile)
        run("umount", place)
        mount(device, place, "ro,fmask=0111")
        yield place / "kit"
    finally:
        subprocess.run(["umount", str(place)], check=False, capture_output=True)
        run("losetup", "-d", device)


@pytest.mark.real
def test_from_the_stick_to_five_of_five(exfat: Path, tmp_path: Path) -> None:
    """A bare home, no network: one line typed on the stick that nothing can be written to."""
    (tmp_path / "home").mkdir()
    seat, began = Seat(exfat, tmp_path / "home"), time.monotonic()
    assert not os.access(exfat / "start.sh", os.X_OK) or not (exfat / "start.sh").stat().st_mode & 0o111
    done = seat.type("sh", "start.sh", "--fix", "--lang=en")
    seconds, size = time.monotonic() - began, sum(file.stat().st_size for file in exfat.rglob("*") if file.is_file())
    print(f"{size / 1e6:.0f} MB on exFAT, five of five after {seconds:.0f} s")
    assert done.returncode == 0, done.stdout + done.stderr
    assert seat.result()["checkpoints"] == {"passed": 5, "of": 5} and seconds < SECONDS
    verified = seat.type("sh", "start.sh", "mirror", "verify")
    assert verified.returncode == 0 and "is whole" in verified.stdout, verified.stdout + verified.stderr
