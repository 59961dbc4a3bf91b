"""The lesson's own numbers (`lesson.toml`): versions, models, sizes and hardware tiers."""
from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Tier:
    """Hardware from `vram_gib` of graphics memory, or `ram_gib` of memory, and what runs well on it."""

    parameters: str
    model: str
    vram_gib: float | None = None
    ram_gib: float | None = None


@functools.cache
def lesson() -> dict[str, Any]:
    """The table as written."""
    return tomllib.loads((Path(__file__).parent / "lesson.toml").read_text(encoding="utf-8"))


def recommended(ram_gib: float | None, vram_gib: float | None) -> Tier:
    """The largest tier this hardware reaches; unknown memory gets the smallest."""
    tiers = [Tier(**tier) for tier in lesson()["tiers"]]
    fitting = (tier for tier in tiers if _reaches(tier.vram_gib, vram_gib) or _reaches(tier.ram_gib, ram_gib))
    return next(fitting, tiers[-1])


def _reaches(least: float | None, there: float | None) -> bool:
    return least is not None and there is not None and there >= least


def download_bytes(model: str) -> int | None:
    """Size of a model the lesson names, in bytes."""
    size = lesson()["models"].get(model)
    return int(size * 1e9) if size else None


def smaller(size: int) -> str:
    """The largest lesson model that can take tools and is clearly smaller than `size` bytes, else the smallest."""
    models = {name: gb * 1e9 for name, gb in lesson()["models"].items() if not name.startswith("gemma2")}
    below = {name: value for name, value in models.items() if value < 0.8 * size}
    return max(below, key=lambda name: below[name]) if below else min(models, key=lambda name: models[name])
