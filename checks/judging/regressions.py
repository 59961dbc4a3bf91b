"""Versions of Ollama that are known to have a fault which a later one mends; checks/regressions.toml tells which."""
from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fixtures.facts.facts import numbers
from fixtures.system import tables
from fixtures.system.sentences import Text

TABLE = Path(__file__).parents[1] / "regressions.toml"


@dataclass(frozen=True, slots=True)
class Regression:
    first: str
    mended: str
    en: str
    zh: str
    source: str
    models: tuple[str, ...] = ()
    gpu: bool = False

    @property
    def fault(self) -> Text:
        return Text(self.en, self.zh)

    def in_version(self, version: str) -> bool:
        return numbers(self.first) <= numbers(version) < numbers(self.mended)

    def concerns(self, model: str, has_gpu: bool) -> bool:
        """Whether this model on this machine would meet it; a model's name may begin with whose it is."""
        own_name = model.rpartition("/")[2]
        return (has_gpu or not self.gpu) and (not self.models or own_name.startswith(self.models))


@cache
def regressions() -> tuple[Regression, ...]:
    entries = tables.read(TABLE)["regression"]
    return tuple(Regression(**{**entry, "models": tuple(entry.get("models", ()))}) for entry in entries)
