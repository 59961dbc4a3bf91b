"""Ollama's official release, from a server on loopback that holds a small one."""
from __future__ import annotations

import hashlib
import http.server
import io
import os
import shutil
import subprocess
import sysconfig
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from fixtures.programs import release as programs_release
from fixtures.programs.programs import DEFAULT, Programs
from tests.support.programs_stand_ins import EXE, SYSTEM, program

MEMBERS = {
    f"bin/ollama{EXE}": f"print('Warning: client version is {DEFAULT}')",
    f"lib/ollama/llama-server{EXE}": "",
    f"lib/ollama/llama-quantize{EXE}": "",
    "lib/ollama/cuda_v13/libggml-cuda.so": "raise SystemExit(1)",
}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The address of a server on loopback, and the folder of the default version below it."""
    folder = tmp_path / "site" / f"v{DEFAULT}"
    folder.mkdir(parents=True)

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Not a test's business."""

        def __init__(self, *args: object, **kwargs: object) -> None:
            super().__init__(*args, directory=str(tmp_path / "site"), **kwargs)  # type: ignore[arg-type]

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", folder
    server.shutdown()
    server.server_close()


def publish(folder: Path, name: str, members: dict[str, str], sum_of: bytes | None = None) -> None:
    """Put an archive and its `sha256sum.txt` there; `sum_of` is what the sum is made from instead."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz" if name.endswith("gz") else "w") as tar:
        for member, body in members.items():
            tar.add(program(folder.parent / "made" / member, body), member)
    content = packed.getvalue()
    if name.endswith(".zst"):
        content = subprocess.run(["zstd", "-q"], input=content, capture_output=True, check=True).stdout
    (folder / name).write_bytes(content)
    digest = hashlib.sha256(content if sum_of is None else sum_of).hexdigest()
    (folder / "sha256sum.txt").write_text(f"{digest}  ./{name}\n", encoding="utf-8")


def programs(site: str, folder: Path) -> tuple[Programs, Path]:
    """Programs of a person without Ollama, and where the cached release would be."""
    path = os.pathsep.join(str(Path(found).parent) for found in [shutil.which("zstd")] if found)
    env = {**SYSTEM, "PATH": path, "HOME": str(folder), "OLLAMA_CHECKPOINTS_CACHE": str(folder / "cache"),
           "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "", "PIP_CONFIG_FILE": os.devnull}
    made = Programs(env)
    made.release.base = site
    return made, folder / "cache" / sysconfig.get_platform() / f"ollama-{DEFAULT}-release"


@pytest.mark.parametrize("name", ["ollama.tgz", pytest.param("ollama.tar.zst", marks=pytest.mark.skipif(
    not shutil.which("zstd"), reason="no zstd to pack the archive: apt-get install zstd"))])
def test_release_is_unpacked_without_graphics_libraries(
    site: tuple[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(programs_release, "asset_name", lambda: name)
    publish(site[1], name, MEMBERS)
    made, release = programs(site[0], tmp_path)
    assert made._released(DEFAULT) == release / "bin" / f"ollama{EXE}"
    assert (release / "lib" / "ollama" / f"llama-server{EXE}").is_file()
    assert not (release / "lib" / "ollama" / "cuda_v13").exists()


@pytest.mark.parametrize(
    ("members", "sum_of"),
    [
        (MEMBERS, b"another file"),
        ({**MEMBERS, f"bin/ollama{EXE}": "print('Warning: client version is 0.0.1')"}, None),
        ({**MEMBERS, f"lib/ollama/llama-server{EXE}": "raise SystemExit(1)"}, None),
        ({"../../outside": ""}, None),
    ],
    ids=["wrong sum", "wrong version", "helper does not start", "path outside"],
)
def test_release_that_is_not_what_it_says_is_not_kept(
    site: tuple[str, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    members: dict[str, str],
    sum_of: bytes | None,
) -> None:
    monkeypatch.setattr(programs_release, "asset_name", lambda: "ollama.tgz")
    publish(site[1], "ollama.tgz", members, sum_of)
    made, release = programs(site[0], tmp_path)
    assert made._released(DEFAULT) is None
    assert not release.exists() and not list((release.parent / "tmp").iterdir())


def test_release_without_this_platform_is_skipped(site: tuple[str, Path], tmp_path: Path) -> None:
    publish(site[1], "ollama-of-another-platform.tgz", MEMBERS)
    made, release = programs(site[0], tmp_path)
    assert made._released(DEFAULT) is None
