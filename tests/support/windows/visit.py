"""What a learner types there, and what comes of it."""
from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.conftest import validator
from tests.support.windows.machine import APPS, HERE, PACKAGES, PYTHON, Ran, Windows

STAND_INS = HERE / "stand_ins"
MODEL = "qwen2.5-coder:7b"
CONFIG = ".config/opencode/opencode.json"


def checks(learner: Windows, suite: str, *options: str, python: str = PACKAGES, **env: str) -> Ran:
    return learner.run(python, "checks", *options, cwd=suite, env=env)


def result(learner: Windows, suite: str) -> dict[str, Any]:
    """Of the last run; it fits the schema and names nobody."""
    text = (learner.path(suite) / "reports" / "out" / "result.json").read_text(encoding="utf-8")
    validator().validate(json.loads(text))
    assert learner.user not in text
    return dict(json.loads(text))


def pitfalls(found: dict[str, Any]) -> dict[str, str]:
    return {one["id"]: one["pitfall"] for one in found["checks"] if one["status"] == "failed"}


def put_on_path(learner: Windows) -> None:
    """Where the lesson's two installers put their programs, as they do."""
    own = APPS, "AppData\\Local\\Programs\\Ollama", "AppData\\Roaming\\npm"
    learner.set_variable("PATH", ";".join([PYTHON.rpartition("\\")[0], *(f"{learner.profile}\\{one}" for one in own)]))


def write_config(file: Path, host: str) -> None:
    provider = {"npm": "@ai-sdk/openai-compatible", "name": "Ollama (local)",
                "options": {"baseURL": f"http://{host}:11434/v1"}, "models": {MODEL: {"name": "Qwen"}}}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"model": f"ollama/{MODEL}", "provider": {"ollama": provider}}), encoding="utf-8")
