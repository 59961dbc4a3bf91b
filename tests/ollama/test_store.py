"""Ollama's models folder: what goes with a model, and what stays for another."""
from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fixtures.ollama import store

NAME, NOWHERE = "qwen2.5-coder:7b", "http://127.0.0.1:9"


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return tmp_path / "models"


def put(models: Path, name: str, *layers: bytes) -> list[str]:
    """A model in a store, as Ollama leaves it; the digests of its layers."""
    (models / "blobs").mkdir(parents=True, exist_ok=True)
    made = [{"digest": f"sha256:{hashlib.sha256(layer).hexdigest()}", "size": len(layer)} for layer in layers]
    for one, layer in zip(made, layers, strict=True):
        store.blob(models, str(one["digest"])).write_bytes(layer)
    manifest = models / "manifests" / store.manifest_path(name)
    manifest.parent.mkdir(parents=True, exist_ok=True)
    manifest.write_text(json.dumps({"config": made[0], "layers": made[1:]}), encoding="utf-8")
    return [str(one["digest"]) for one in made]


@pytest.mark.parametrize("damage", [lambda file: file.write_text(file.read_text()[:20]), lambda file: file.write_text('{"layers": [{"size": 1}]}'),
                                    lambda file: file.write_text("[]"), lambda file: (file.unlink(), file.symlink_to("/nowhere"))],
                         ids=["half", "no digest", "no object", "unmounted"])
def test_layers_stay_while_another_models_manifest_cannot_be_read(damage: Callable[[Path], Any], models: Path) -> None:
    put(models, "mine:7b", b"a", b"shared")
    shared = put(models, NAME, b"b", b"shared")
    damage(models / "manifests" / store.manifest_path("mine:7b"))
    assert store.remove_model(NOWHERE, models, NAME)
    assert all(store.blob(models, digest).exists() for digest in shared) and store.manifest_digest(models, NAME) is None


def test_finders_own_file_is_no_manifest(models: Path) -> None:
    ours = put(models, NAME, b"b", b"weights")
    (models / "manifests" / ".DS_Store").write_bytes(b"\x00")
    assert store.remove_model(NOWHERE, models, NAME)
    assert not any(store.blob(models, digest).exists() for digest in ours)
