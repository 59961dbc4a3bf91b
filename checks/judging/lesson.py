"""The lesson's own numbers (`lesson.toml`): versions, models, sizes and hardware tiers."""
from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any

from fixtures.ollama.names import same_model
from fixtures.system import tables
from fixtures.system.machine import GIB


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
    return tables.read(Path(__file__).parents[1] / "lesson.toml")


def raise_minimum(wanted: Mapping[str, str]) -> None:
    """What a room asks for, where it is more than the lesson does: no room can switch a check off."""
    minimum = lesson()["minimum"]
    for name, version in wanted.items():
        if name in minimum and _numbers(version) > _numbers(minimum[name]):
            minimum[name] = version


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def recommended(ram_gib: float | None, vram_gib: float | None) -> Tier:
    """The largest tier that this hardware reaches and holds with OpenCode's window, else the smallest."""
    tiers = [Tier(**tier) for tier in lesson()["tiers"]]
    own = (tier for tier in tiers if fits(tier.model, (tier.ram_gib, ram_gib), (tier.vram_gib, vram_gib)))
    return next(own, tiers[-1])


def fits(model: str, *memories: tuple[float | None, float | None]) -> bool:
    """Whether one of the memories (least that its tier asks for, what is there, in GiB) holds the model."""
    return any(_holds(least, there, model) for least, there in memories)


def _holds(least: float | None, there: float | None, model: str) -> bool:
    return least is not None and there is not None and there >= least and there * GIB >= _needed(model)


def _needed(model: str) -> float:
    """Bytes for a model of the tables with the smallest window that OpenCode can work in."""
    table, own = lesson(), _others().get(model)
    weights = table["memory"]["least"] * (download_bytes(model) or 0)
    return float(weights + (own["kv_cache"] if own else table["kv_cache"][model]) * table["context"]["least"])


@functools.cache
def _others() -> dict[str, Any]:
    """The models beside the lesson's own."""
    return dict(tables.read(Path(__file__).parents[1] / "models.toml")["models"])


def download_bytes(model: str) -> int | None:
    """Size of a model of the tables, in bytes."""
    size = lesson()["models"].get(model) or _others().get(model, {}).get("gb")
    return int(size * 1e9) if size else None


def near(name: str, there: Sequence[tuple[str, int]]) -> str:
    """The lesson's model, or where a room has others (name, bytes): the largest no larger, else its smallest."""
    if not there or any(same_model(name, one) for one, _ in there):
        return name
    fitting = [row for row in there if row[1] <= (download_bytes(name) or 0)]
    return max(fitting, key=itemgetter(1))[0] if fitting else min(there, key=itemgetter(1))[0]


def smallest_below(size: int) -> str:
    """The largest lesson model that can take tools and is clearly smaller than `size` bytes, else the smallest."""
    models = {name: gb * 1e9 for name, gb in lesson()["models"].items() if not name.startswith("gemma2")}
    below = {name: value for name, value in models.items() if value < 0.8 * size}
    return max(below, key=lambda name: below[name]) if below else min(models, key=lambda name: models[name])
