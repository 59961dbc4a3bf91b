"""A models folder and a kit of a few bytes, and what becomes of a file on a bad stick."""
from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from fixtures.mirror import platforms
from fixtures.ollama.store import blob
from fixtures.system import sums
from fixtures.system.setup import Setup


def make_store(models: Path) -> bytes:
    """A models folder with one model of one layer; returns the layer."""
    layer = bytes(range(256)) * 400
    digest = f"sha256:{hashlib.sha256(layer).hexdigest()}"
    manifest = {
        "schemaVersion": 2,
        "config": {"digest": digest, "size": 0},
        "layers": [{"digest": digest, "size": len(layer)}],
    }
    file = models / "manifests" / "registry.ollama.ai" / "library" / "qwen2.5-coder" / "7b"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(manifest), encoding="utf-8")
    blob(models, digest).parent.mkdir()
    blob(models, digest).write_bytes(layer)
    return layer


@pytest.fixture
def kit(tmp_path: Path) -> Path:
    """A small kit: one model, one program for this platform, a list of sums."""
    folder = tmp_path / "my kit"
    make_store(folder / "models")
    (folder / "programs").mkdir()
    (folder / "programs" / "ollama.tar.gz").write_bytes(b"packed")
    row = {
        "program": "ollama",
        "version": "0.34.0",
        "platform": platforms.platform_key(Setup.of_this_machine(tmp_path)),
        "file": "ollama.tar.gz",
        "size": 6,
        "sha256": sums.sha256(folder / "programs" / "ollama.tar.gz"),
        "unpacked": 12,
    }
    (folder / "programs" / "index.json").write_text(json.dumps([row]), encoding="utf-8")
    sums.write(folder)
    return folder


def flip(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
