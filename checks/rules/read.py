"""What the rules read: the facts a config is judged by, and what follows from them."""
from __future__ import annotations

import functools
from typing import Any

from checks.rules.schema import Problem, problems_of
from fixtures.facts.facts import Facts


class OpenCodeRules:
    """The facts a config is judged by, with what is derived from them."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.provider = facts.provider
        self.models = facts.names

    @functools.cached_property
    def problems(self) -> list[Problem]:
        schema = self.facts.schema
        sources = self.facts.config.sources if schema else ()
        return [problem for source in sources for problem in problems_of(source, schema)]

    def at(self, *path: str) -> dict[str, Any]:
        """Placeholders for the place of a value: file, line and column."""
        source = self.facts.config.origin(path) or (self.facts.config.origin(path[:-1]) if path[:-1] else None)
        line, column = (source.position(path) or (1, 1)) if source else (1, 1)
        return {"file": source.label if source else "", "line": line, "column": column}
