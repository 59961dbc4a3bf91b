"""The signs by which `explain` recognises a pitfall; beside the table and not in it, since nothing else reads them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from checks.judging.pitfalls import SECTIONS
from fixtures.system import tables

TABLE = tuple(Path(__file__).parent / "signs" / f"{section}.toml" for section in SECTIONS)


@dataclass(frozen=True, slots=True)
class Signs:
    """Regular expressions; what each list is worth stands in explain.py. `none` says why a pitfall has no signs."""

    certain: tuple[str, ...] = ()
    explain: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    weight: float = 1.0
    none: str | None = None


@cache
def signs() -> dict[str, Signs]:
    """The signs of each pitfall by its id."""
    sections = map(tables.read, TABLE)
    return {name: _signs(entry) for section in sections for name, entry in section.items()}


def _signs(entry: dict[str, object]) -> Signs:
    lists = {key: tuple(value) for key, value in entry.items() if isinstance(value, list)}
    return Signs(**{**entry, **lists})  # type: ignore[arg-type]
