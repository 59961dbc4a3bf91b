"""A person with a config and nothing else, for the fixes that edit it; and models as a server lists them."""
from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from checks.judging.graph import checks
from fixtures.facts.facts import Facts
from fixtures.fix.step import Case, Step, plan
from fixtures.ollama import server as ollama
from fixtures.system.setup import Setup

URL = "http://127.0.0.1:9/v1"
NAME = "qwen2.5-coder:7b"


class Home:
    """A person with a config, no program and no server."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "home"
        self.project = folder / "project"
        self.config = self.path / ".config" / "opencode" / "opencode.json"
        self.project.mkdir(parents=True)
        (self.project / ".git").mkdir()
        self.config.parent.mkdir(parents=True)

    def write(self, text: str | bytes | dict[str, Any], file: Path | None = None) -> None:
        data = json.dumps(text, indent=2) if isinstance(text, dict) else text
        (file or self.config).write_bytes(data.encode() if isinstance(data, str) else data)

    def facts(self) -> Facts:
        setup = Setup({"PATH": "", "HOME": str(self.path)}, self.path, self.project, "rehearse", port=9)
        facts = Facts(setup, lambda machine: NAME)
        for name, value in (("serve", None), ("schema", None), ("ollama_processes", [])):
            facts.assume(name, value)
        return facts

    def steps(self, check: str) -> list[Step]:
        """The steps for what this check finds; what it needs is taken for granted."""
        facts = self.facts()
        finding = checks()[check].judge(facts)
        return plan(Case(facts, check, finding.pitfall or "", finding.status, finding.values))

    def after(self, check: str) -> Any:
        """The config once the fix's only change is made."""
        (step,) = self.steps(check)
        return json.loads(step.changes[0].after)


def config(**provider: Any) -> dict[str, Any]:
    block = {"npm": "@ai-sdk/openai-compatible", "name": "Ollama (local)", "options": {"baseURL": URL},
             "models": {NAME: {}}}
    merged = {**block, **provider}
    return {"$schema": "https://opencode.ai/config.json",
            "provider": {"ollama": {key: one for key, one in merged.items() if one is not None}}}


def model(
    name: str, size: float = 4.7, remote: bool = False, capabilities: tuple[str, ...] = ("completion", "tools")
) -> ollama.Model:
    """One on the server; `size` in GB."""
    return ollama.Model(name, int(size * 1e9), remote, capabilities, 131072)
