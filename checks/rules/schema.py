"""What the installed OpenCode's own schema says of a config, each with its place."""
from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fixtures.opencode.config import Keys, Source

OTHER_SHAPE = {("provider", "settings"): "options", ("provider", "package"): "npm",
               ("providers", "options"): "settings", ("providers", "npm"): "package"}
"""(block, key of the other generation's block) -> the word for it here."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing the schema says: `kind` is unknown-key or type; `path` leads to it; `message` is the validator's."""

    kind: str
    path: Keys
    message: str
    source: Source
    suggestion: str | None = None

    @property
    def place(self) -> tuple[int, int]:
        return self.source.position(self.path) or (1, 1)


def objects(value: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(value, dict):
        yield from ((key, one) for key, one in value.items() if isinstance(one, dict))


def problems_of(source: Source, schema: dict[str, Any]) -> list[Problem]:
    """What the schema says of one source. `$schema` and `{env:…}` texts are fine with it."""
    from jsonschema import Draft202012Validator

    if not source.filled:
        return []
    errors = Draft202012Validator(schema).iter_errors(source.filled.value)
    return [problem for error in errors for problem in _problems(error, source)]


def _problems(error: Any, source: Source) -> Iterator[Problem]:
    """One error as problems; of alternatives (`anyOf`) the one that came furthest."""
    while error.context:
        error = max(error.context, key=lambda one: (len(one.absolute_path), one.validator == "additionalProperties"))
    path = tuple(error.absolute_path)
    if error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        for key in (key for key in error.instance if key not in known):
            close = difflib.get_close_matches(key, known, 1, 0.7)
            yield Problem("unknown-key", (*path, key), key, source, _meant(path, key) or next(iter(close), None))
    else:
        yield Problem("type", path, error.message[:160], source)


def _meant(path: Keys, key: str) -> str | None:
    """Keys that are spelt right and stand in the wrong place."""
    if len(path) == 2 and path[0] == "provider" and key.lower().replace("_", "") in ("baseurl", "url", "endpoint"):
        return "options.baseURL"
    if len(path) == 2:
        return OTHER_SHAPE.get((path[0], key))
    if not path and key.lower().endswith("providers"):
        return "provider"
    return None
