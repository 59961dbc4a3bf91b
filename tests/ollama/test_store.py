"""Ollama's models folder: what goes with a model, and what stays for another."""
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fixtures.ollama import store
from tests.support.links import need_links
from tests.support.model_store import put

NAME, NOWHERE = "qwen2.5-coder:7b", "http://127.0.0.1:9"


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return tmp_path / "models"


@pytest.mark.parametrize("damage", [lambda file: file.write_text(file.read_text()[:20]),
                                    lambda file: file.write_text('{"layers": [{"size": 1}]}'),
                                    lambda file: file.write_text("[]"),
                                    lambda file: (need_links(), file.unlink(), file.symlink_to("/nowhere"))],
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
