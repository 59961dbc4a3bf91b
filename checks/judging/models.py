"""Models that are known to make tool calls in OpenCode, and families that are known to print them (`models.toml`)."""
from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from checks.judging.lesson import download_bytes, fits, recommended, smallest_below
from fixtures.ollama.names import same_model
from fixtures.system import tables


@functools.cache
def table() -> dict[str, Any]:
    """The table as written."""
    return tables.read(Path(__file__).parents[1] / "models.toml")


def relied_on(ram_gib: float | None, vram_gib: float | None) -> str:
    """The model to take on this hardware: of the largest tier that it reaches and holds, else of the smallest."""
    return next(_holding(ram_gib, vram_gib), table()["tiers"][-1]["model"])


def instead_of(name: str, ram_gib: float | None, vram_gib: float | None) -> str | None:
    """Another one that this hardware holds; None where the table has no other."""
    return next((one for one in _holding(ram_gib, vram_gib) if not same_model(one, name)), None)


def _holding(ram_gib: float | None, vram_gib: float | None) -> Iterator[str]:
    for tier in table()["tiers"]:
        if fits(tier["model"], (tier.get("ram_gib"), ram_gib), (tier.get("vram_gib"), vram_gib)):
            yield tier["model"]


def smaller(size: int) -> str:
    """The largest that is clearly smaller than `size` bytes; where there is none, the lesson's small ones."""
    below = {name: bytes for name in table()["models"] if (bytes := download_bytes(name) or 0) < 0.8 * size}
    return max(below, key=lambda name: below[name]) if below else smallest_below(size)


def lessons_own(name: str, ram_gib: float | None, vram_gib: float | None) -> str | None:
    """What the lesson names for this hardware, where `name` is relied on in its place."""
    named = recommended(ram_gib, vram_gib).model
    return named if name in table()["models"] and not same_model(name, named) else None


def prints_calls(name: str) -> str | None:
    """A source that tells of this family's printed calls; None where none is known."""
    own = name.lower().rpartition("/")[2]
    return next((one["sources"][0] for one in table()["prints"] if own.startswith(one["family"])), None)
