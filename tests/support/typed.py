"""What a person does with a printed remedy: lines for a config are written into it, commands are typed into bash."""
from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from checks.judging.finding import Finding
from checks.judging.graph import Judgements, run_order
from checks.judging.remedies import config_file
from fixtures.facts.facts import Facts
from fixtures.jsonc.edit import set_value
from fixtures.mirror.server import Mirror
from fixtures.mirror.shelf import RehearsalShelf
from fixtures.system import children, loopback
from fixtures.system.setup import Setup
from reports.redact.redact import Redactor
from reports.result import Collector

KINDS: tuple[tuple[str, str], ...] = (
    ("root", r"sudo "),
    ("internet", r"curl -fsSL|npm |opencode upgrade"),
    ("fix", r".* --fix\b"),
    ("edit", r'["{]|model: '),
    ("serve", r"ollama serve|(OLLAMA_\w+=\S+ )ollama serve"),
    ("pull", r"ollama pull "),
    ("shell", r"export |unset |curl \S+/api/create "),
    ("restart", r"opencode$"),
    ("look", r".*"),
)
"""What a command is -> how it begins; the first that fits counts. `look` changes nothing."""
TYPED = ("edit", "serve", "pull", "shell")
"""What is typed here as it is printed; `fix` is what tests/fix does with every set-up."""
INSIDE = {"baseURL": ("options",), "npm": (), "options": (), "models": (), "limit": ("models", "")}
"""Key of a printed line -> where it belongs below the provider; the empty part is the model's key."""
SHIM = """#!/bin/sh
if [ "$1" = pull ]; then "{real}" pull --insecure {mirror}/library/$2 && "{real}" cp {mirror}/library/$2 $2
else exec "{real}" "$@"; fi
"""


def kind_of(command: str) -> str:
    return next(kind for kind, begins in KINDS if re.match(begins, command))


def judged(setup: Setup) -> tuple[Facts, Judgements, dict[str, Any]]:
    """Every check in this process, and the result as it would be written."""
    facts = Facts(setup, lambda machine: "qwen3:8b")
    judgements = Judgements(facts)
    run = {"mode": "verify", "target": "rehearse", "strict": False, "selected": False}
    collector = Collector(run, "en", None, "pytest checks", Redactor({}, Path("/nowhere")))
    collector.look_at(judgements)
    for id in run_order():
        collector.take(id, judgements.of(id), 0.0)
    facts.stop_opencode()
    return facts, judgements, collector.result(0)


def judged_alone(setup: Setup, id: str) -> Finding:
    """One check, with what it needs."""
    facts = Facts(setup, lambda machine: "qwen3:8b")
    found = Judgements(facts).of(id)
    facts.stop_opencode()
    return found


def written(facts: Facts, values: Mapping[str, Any], line: str) -> None:
    """A printed line, in the file that the remedy names."""
    file = Path(str(values.get("file") or config_file(facts)).replace("~", str(facts.setup.home), 1))
    content = file.read_text(encoding="utf-8") if file.exists() else "{}\n"
    content = content if "{" in content or line.startswith("model: ") else "{}\n"
    if line.startswith("model: "):
        file.write_text(re.sub(r"(?m)^model:.*$", line, content, count=1), encoding="utf-8")
        return
    document = json.loads(line if line.startswith("{") else f"{{{line}}}")
    file.parent.mkdir(parents=True, exist_ok=True)
    for path, value in _leaves(document, ()):
        content = set_value(content, _place(facts, path), value)
    file.write_text(content, encoding="utf-8")


def _place(facts: Facts, path: tuple[str, ...]) -> tuple[str, ...]:
    if path[0] not in INSIDE:
        return path
    inside = tuple(part or facts.choice.key for part in INSIDE[path[0]])
    return ("provider", facts.provider or "ollama", *inside, *path)


def _leaves(value: dict[str, Any], path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, part in value.items():
        if isinstance(part, dict) and part:
            yield from _leaves(part, (*path, key))
        else:
            yield (*path, key), part


def typed(facts: Facts, values: Mapping[str, Any], commands: list[str], folder: Path) -> Setup:
    """The set-up after every command; the window's variables are those that the commands have left."""
    setup = facts.setup
    for line in (one for one in commands if kind_of(one) == "edit"):
        written(facts, values, line)
    env = _window(setup, folder)
    script = [one for one in commands if kind_of(one) in ("pull", "shell")]
    kept = folder / "environment"
    done = subprocess.run(["bash", "-ec", "\n".join([*script, f"env -0 > {kept}"])], env=env, cwd=setup.project,
                          capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, (script, done.stderr[-2000:])
    left = dict(one.split("=", 1) for one in kept.read_text(encoding="utf-8").split("\0") if "=" in one)
    for line in (one for one in commands if kind_of(one) == "serve"):
        children.start(["bash", "-c", f"exec {line}"], left, setup.project, folder / "serve.log")
        _answers(setup.default_url)
    changed = {key: value for key, value in left.items() if env.get(key) != value and key not in ("_", "SHLVL", "PWD")}
    gone = {key for key in env if key not in left}
    return replace(setup, env={**{key: one for key, one in setup.env.items() if key not in gone}, **changed})


def _window(setup: Setup, folder: Path) -> dict[str, str]:
    """The set-up's own environment; its port stands for Ollama's usual one, its mirror for Ollama's registry."""
    real = setup.which("ollama")
    env = {"OLLAMA_HOST": f"127.0.0.1:{setup.port}", "OLLAMA_MODELS": str(setup.ollama_models), **setup.env}
    if real:
        mirror = Mirror(RehearsalShelf(dict(setup.env), folder / "shelf")).start()
        shim = folder / "shim" / "ollama"
        shim.parent.mkdir(parents=True)
        shim.write_text(SHIM.format(real=real, mirror=mirror.url.removeprefix("http://")), encoding="utf-8")
        shim.chmod(0o755)
        env["PATH"] = f"{shim.parent}:{env['PATH']}"
    return env


def _answers(url: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            loopback.request("GET", f"{url}/api/version")
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"nothing answers at {url}")
