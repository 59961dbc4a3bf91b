"""Kits for tests: packed by the real code; Ollama's release comes from a stand-in on loopback."""

from __future__ import annotations

import base64
import hashlib
import http.server
import io
import json
import os
import subprocess
import tarfile
import threading
import zipfile
from pathlib import Path

from fixtures.mirror.pack import Packing, models_of
from fixtures.mirror.platforms import PLATFORMS
from fixtures.ollama.store import names
from fixtures.programs.build import OPENCODE_VERSION
from fixtures.programs.programs import DEFAULT, Programs
from fixtures.sandbox.model_store import place_models
from fixtures.system.setup import Setup

FLAT = {"ollama": b"#!/bin/sh\necho ollama\n", "llama-server": b"#!/bin/sh\n", "lib/ollama/libggml.so": b"\x7fELF"}
"""What a small release holds."""


class Publishers:
    """Ollama's release host and npm's registry, as far as a kit asks them, on loopback."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / f"v{DEFAULT}").mkdir(parents=True)
        self.sums: dict[str, str] = {}

        class Quiet(http.server.SimpleHTTPRequestHandler):
            def __init__(self, *args: object, **kwargs: object) -> None:
                super().__init__(*args, directory=str(folder), **kwargs)  # type: ignore[arg-type]

            def log_message(self, format: str, *args: object) -> None:
                """Not a test's business."""

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{server.server_port}"

    def release(self, asset: str, content: bytes) -> None:
        """Add a file to the release and to its sums."""
        (self.folder / f"v{DEFAULT}" / asset).write_bytes(content)
        self.sums[asset] = hashlib.sha256(content).hexdigest()
        lines = [f"{digest}  ./{name}\n" for name, digest in self.sums.items()]
        (self.folder / f"v{DEFAULT}" / "sha256sum.txt").write_text("".join(lines), encoding="utf-8")

    def package(self, name: str, members: dict[str, bytes], integrity: str = "") -> None:
        """Put a package on the registry; `integrity` is what is announced instead of the true one."""
        content = packed("w:gz", {f"package/{inside}": body for inside, body in members.items()})
        true = "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()
        (self.folder / f"{name}.tgz").write_bytes(content)
        dist = {
            "tarball": f"{self.url}/{name}.tgz",
            "integrity": integrity or true,
            "shasum": hashlib.sha1(content).hexdigest(),
        }
        version = {"name": name, "version": OPENCODE_VERSION, "dist": dist}
        told = {"name": name, "dist-tags": {"latest": OPENCODE_VERSION}, "versions": {OPENCODE_VERSION: version}}
        (self.folder / name).write_text(json.dumps(told), encoding="utf-8")

    def everything_small(self) -> None:
        """Every platform's, a few bytes each."""
        for key, one in PLATFORMS.items():
            members = {
                f"{name}{one.exe}" if name != "lib/ollama/libggml.so" else name: body for name, body in FLAT.items()
            }
            self.release(one.asset, _asset(one.asset, members))
            self.package(
                one.package, {f"bin/opencode{one.exe}": b"#!/bin/sh\necho " + key.encode(), "package.json": b"{}"}
            )


def _asset(name: str, members: dict[str, bytes]) -> bytes:
    if name.endswith(".zip"):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as made:
            for inside, body in members.items():
                made.writestr(inside, body)
        return stream.getvalue()
    if name.endswith(".tgz"):
        return packed("w:gz", {f"./{inside}": body for inside, body in members.items()})
    return zstd(
        packed("w", {f"bin/{inside}" if inside == "ollama" else inside: body for inside, body in members.items()})
    )


def packed(mode: str, members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=mode) as tar:  # type: ignore[call-overload]
        for name, body in members.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(body), 0o755
            tar.addfile(member, io.BytesIO(body))
    return stream.getvalue()


def zstd(content: bytes) -> bytes:
    return subprocess.run(["zstd", "-q", "-1"], input=content, capture_output=True, check=True).stdout


def real_release(programs: Programs) -> bytes:
    """This machine's own Ollama as the archive that the release has for it."""
    ollama = programs.ollama().resolve()
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        tar.add(ollama, "bin/ollama")
        if (ollama.parent.parent / "lib" / "ollama").is_dir():
            tar.add(ollama.parent.parent / "lib" / "ollama", "lib/ollama")
    return zstd(stream.getvalue())


def store_with(folder: Path, *models: str) -> Setup:
    """A machine whose store has the small model under these names."""
    programs = Programs(dict(os.environ))
    place_models(programs, folder / "store", list(models))
    env = {**os.environ, "OLLAMA_MODELS": str(folder / "store"), "OLLAMA_CHECKPOINTS_CACHE": str(folder / "cache")}
    return Setup(env=env, home=folder, project=folder)


def real_kit(folder: Path) -> Path:
    """Of this platform, the real programs and the small model under a name of the lesson's; raises ProgramMissing."""
    publishers = Publishers(folder / "publishers")
    publishers.release("ollama-linux-amd64.tar.zst", real_release(Programs(dict(os.environ))))
    return pack(folder / "my kit", store_with(folder, "llama3.2:3b"), publishers.url, ["linux-x86_64"])


def pack(folder: Path, setup: Setup, base: str, keys: list[str], zipped: bool = False) -> Path:
    """A kit in `folder`, by the code behind `python -m fixtures.mirror pack`."""
    programs = Programs(setup.env)
    programs.release.base = base
    models = models_of(setup.ollama_models, [name for name, _ in names(setup.ollama_models)])
    Packing(folder, keys, models, setup, programs).run(zipped)
    return folder
