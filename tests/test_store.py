"""Ollama's models folder, also where something else lies in it."""
from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fixtures.store import layers, manifest_path, manifest_size, names, read_manifest

LAYER = {"digest": "sha256:" + "0" * 64, "size": 7}
BROKEN: list[Any] = [
    None, [], 5, "x", {}, {"config": None, "layers": None}, {"layers": 5}, {"layers": [{**LAYER, "size": "x"}]}, {"layers": [{**LAYER, "size": -1}]},
    {"layers": [{**LAYER, "size": True}]}, {"layers": [{"size": 7}]}, {"layers": [{"digest": "../../mine", "size": 7}]}, {"layers": ["x"]},
]


def put(models: Path, name: str, manifest: Any) -> None:
    file = models / "manifests" / manifest_path(name)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(manifest), encoding="utf-8")


@pytest.mark.parametrize("manifest", BROKEN, ids=repr)
def test_manifest_that_is_none_has_no_size(manifest: Any, tmp_path: Path) -> None:
    put(tmp_path, "broken", manifest)
    assert manifest_size(manifest) is None and names(tmp_path) == [] and len(layers(manifest)) < 2


def test_what_a_file_manager_leaves_is_no_model(tmp_path: Path) -> None:
    put(tmp_path, "llama3.2:3b", {"config": None, "layers": [LAYER, LAYER]})
    put(tmp_path, "10.0.0.5:11480/me/mine:7b", {"config": LAYER, "layers": []})
    for folder in ("", "registry.ollama.ai", "registry.ollama.ai/library", "registry.ollama.ai/library/llama3.2"):
        (tmp_path / "manifests" / folder / ".DS_Store").write_bytes(b"\0\0\0\1Bud1")
    assert names(tmp_path) == [("10.0.0.5:11480/me/mine:7b", 7), ("llama3.2:3b", 14)]
    assert read_manifest(tmp_path, "10.0.0.5:11480/me/mine:7b") and read_manifest(tmp_path, "llama3.2:3b")


@pytest.mark.parametrize("name", ["../../x", "a/../b:7b", "./x", ".x", "x:.hidden", "x:..", "a//b", "/etc/passwd", "x\\..\\y", "", "a/b/c/d/e"])
def test_name_that_leads_elsewhere_is_no_name(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError):
        manifest_path(name)
    assert read_manifest(tmp_path, name) is None
