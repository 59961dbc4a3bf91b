"""A set-up that is being made: what a learner has on disk, in the environment and on the server."""
from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

MODEL = "qwen2.5-coder:7b"
GLOBAL = "home/.config/opencode/opencode.json"
STATE = "home/.local/state/opencode/model.json"
LOGINS = "home/.local/share/opencode/auth.json"


def lesson(**provider: Any) -> dict[str, Any]:
    """The lesson's config."""
    options = {"baseURL": "http://localhost:11434/v1"}
    return {"provider": {"ollama": {"npm": "@ai-sdk/openai-compatible", "name": "Ollama (local)", "options": options,
                                    "models": {MODEL: {}}, **provider}}}


@dataclass(slots=True)
class World:
    """`text` is what becomes of the config's JSON; `clouds` are the providers that are another machine's."""

    config: dict[str, Any] = field(default_factory=lesson)
    place: str = GLOBAL
    env: dict[str, str] = field(default_factory=dict)
    models: list[str] = field(default_factory=lambda: [MODEL])
    files: dict[str, str] = field(default_factory=dict)
    text: list[Callable[[str], str]] = field(default_factory=list)
    clouds: list[str] = field(default_factory=lambda: ["opencode"])

    @property
    def ollama(self) -> dict[str, Any]:
        """The provider that points at Ollama, whatever it is called by now."""
        return next(iter(self.config["provider"].values()))

    def provider(self, **more: Any) -> World:
        self.ollama.update(more)
        return self

    def top(self, **more: Any) -> World:
        self.config.update(more)
        return self

    def address(self, url: Any) -> World:
        self.ollama["options"] = {"baseURL": url}
        return self

    def model(self, key: str, **entry: Any) -> World:
        """That one instead of the lesson's."""
        self.ollama["models"] = {key: entry}
        return self

    def file(self, path: str, content: str) -> World:
        self.files[path] = content
        return self

    def set(self, **env: str) -> World:
        self.env.update(env)
        return self

    def case(self, name: str) -> Case:
        """The finished case: its config written, at its place or in its variable."""
        text = json.dumps(self.config, ensure_ascii=False, indent=2)
        for change in self.text:
            text = change(text)
        files, env = dict(self.files), dict(self.env)
        if self.place.startswith("$"):
            env[self.place[1:]] = text
        else:
            files[self.place] = text
        return Case(name, files, env, self.models, self.clouds)


@dataclass(frozen=True, slots=True)
class Case:
    """A finished set-up: files below `home/` and `project/`, variables, names on the server."""

    name: str
    files: dict[str, str]
    env: dict[str, str]
    models: list[str]
    clouds: list[str]

    def json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)
