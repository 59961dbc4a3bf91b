"""A models folder as Ollama leaves it."""
from __future__ import annotations

import hashlib
import json
from pathlib import Path

from fixtures.ollama import store


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
