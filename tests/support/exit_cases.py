"""From a row of `tests/proof/exits.toml` to what is run: this one exit opened, then closed by the ledger's own line."""
from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from checks.judging.exits import Exit, ledger
from fixtures.opencode.config import merge
from fixtures.programs.programs import Programs
from tests.conftest import ROOT
from tests.support.scripted_model import NAME, call, said

FILE = ROOT / "tests" / "proof" / "exits.toml"
VALUES = {"provider": "ollama", "model": NAME}
URL = "http://127.0.0.1:11434/v1"
LESSON: dict[str, Any] = {"provider": {"ollama": {
    "npm": "@ai-sdk/openai-compatible", "options": {"baseURL": URL}, "models": {NAME: {"name": "scripted"}}}}}
SHUT = {one.close["variable"].partition("=")[0]: one.close["variable"].partition("=")[2]
        for one in ledger().values() if "variable" in one.close}
WINDOW, PATIENCE = 4.0, 120.0
"""Seconds to watch a server or a screen; and to wait for the name of an opened exit, on a busy machine."""
REPLY = "Good morning."
"""What the model says when it has made its call, or has none to make."""
Value = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Run:
    """`until`: a name after which nothing more is awaited; `window`: seconds to watch once all was done.

    `serves`: the port of a program that stays, `requests` what is asked there; `screen`: it is one on a terminal.
    `script`: what the model does, on Ollama's port; None where the real one is started.
    """

    argv: list[str]
    env: dict[str, str]
    cwd: str
    until: str | None
    window: float
    script: list[Any] | None = None
    serves: int | None = None
    requests: list[list[Any]] | None = None
    screen: bool = False


@dataclass(frozen=True, slots=True)
class Opening:
    """A row of the table; the keys are explained there."""

    seen: str = ""
    not_provoked: str = ""
    config: str = ""
    env: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    model: str = f"ollama/{NAME}"
    title: bool = False
    tool: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
    ollama: list[Any] | None = None
    pull: list[str] | None = None
    listens: int | None = None
    screen: bool = False
    answers: bool = False
    closing: Mapping[str, Any] = field(default_factory=dict)
    instead: str = ""
    beside: str = ""

    @property
    def talks(self) -> bool:
        """A sentence is typed; else a server or a screen is started."""
        return self.ollama is None and not (self.pull or self.listens or self.screen)


def openings() -> dict[str, Opening]:
    return {id: Opening(**row) for id, row in tomllib.loads(FILE.read_text(encoding="utf-8")).items()}


def leaves(value: Value, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every value that is no object with something in it."""
    for key, one in value.items():
        if isinstance(one, dict) and one:
            yield from leaves(one, (*path, key))
        else:
            yield (*path, key), one


def put(value: Value, path: tuple[str, ...], leaf: Any) -> Value:
    """`value` with this leaf in the place of what stands there; None takes it out."""
    key, *rest = path
    if rest:
        return {**value, key: put(value.get(key) or {}, tuple(rest), leaf)}
    return {**{name: one for name, one in value.items() if name != key}, **({} if leaf is None else {key: leaf})}


def with_line(value: Value, line: Value, there: bool = True) -> Value:
    """The config with the closing line, or without it."""
    for path, leaf in leaves(line):
        if there or path[0] != "provider":  # of a provider the line changes a part: the opening has its own
            value = put(value, path, leaf if there else None)
    return value


def line_of(row: Exit, opening: Opening) -> Value:
    return row.value(1, {**VALUES, "name": opening.name} if opening.name else VALUES) or {}


def all_closed() -> Value:
    """The lesson's config with every line of the ledger that needs no name."""
    value = LESSON
    for row in ledger().values():
        value = with_line(value, line_of(row, Opening()))
    return value


@dataclass(frozen=True, slots=True)
class Stage:
    """One exit in a folder of its own."""

    row: Exit
    opening: Opening
    folder: Path
    opencode: Path
    ollama: Path

    def run(self, closed: bool) -> Run:
        """What is started; closed, nothing is awaited and the whole window is watched."""
        side = "closed" if closed else "opened"
        home = self.folder / side
        self._write(home, closed)
        opening, env = self.opening, self._env(home, closed)
        until = None if closed or opening.answers or opening.seen.startswith("*") else opening.seen
        place: dict[str, Any] = {"env": env, "cwd": str(home / "project"), "until": until,
                                 "window": PATIENCE if until else WINDOW}
        if opening.ollama is not None or opening.pull:
            return self._of_ollama(place, closed)
        return self._of_opencode(place, closed)

    def _of_ollama(self, place: dict[str, Any], closed: bool) -> Run:
        opening = self.opening
        if opening.pull:
            typed = opening.closing["instead"] if closed else opening.pull
            script = 'ollama serve & until ollama list; do sleep 0.2; done; ollama "$@"; kill $!'
            return Run(["sh", "-c", script, "sh", *typed], **place)
        return Run([str(self.ollama), "serve"], **place, serves=11434, requests=opening.ollama)

    def _of_opencode(self, place: dict[str, Any], closed: bool) -> Run:
        opening = self.opening
        script: list[Any] = [[said(REPLY)]]
        if opening.tool:
            given = dict(opening.tool)
            script = [[call(given.pop("name"), **given)], *script]
        if opening.screen:
            return Run([str(self.opencode)], **place, script=script, screen=True)
        if opening.listens:
            argv = [str(self.opencode), "serve", f"--port={opening.listens}"]
            return Run(argv, **place, script=script, serves=opening.listens, requests=[["GET", "/"]])
        argv = [str(self.opencode), "run", "--print-logs", "--log-level=ERROR"]
        argv += opening.closing.get("arguments", []) if closed else []
        argv += [] if opening.title else ["--title=greeting"]
        argv += [f"--model={opening.model}"] if opening.model else []
        return Run(self._after(opening.closing.get("first") if closed else None, [*argv, "Read greeting.txt"]),
                   **place, script=script)

    def _after(self, first: list[str] | None, argv: list[str]) -> list[str]:
        """The same, once the closing command has been typed."""
        if not first:
            return argv
        return ["sh", "-c", '"$0" ' + " ".join(first) + ' </dev/null; exec "$@"', str(self.opencode), *argv]

    def _env(self, home: Path, closed: bool) -> dict[str, str]:
        """Every variable of the ledger, this row's own opened."""
        line = str(self.row.close.get("variable") or "")
        shut = {name: value for name, value in SHUT.items() if closed or name != line.partition("=")[0]}
        opened = {**self.opening.env}
        if closed and (unset := self.row.close.get("unset")):
            opened.pop(unset, None)
        path = [str(home / "bin"), str(self.ollama.parent), "/usr/bin", "/bin"]
        return {"HOME": str(home), "PATH": os.pathsep.join(path), "TMPDIR": str(home / "tmp"),
                "OLLAMA_MODELS": str(home / "models"), **opened, **shut}

    def _write(self, home: Path, closed: bool) -> None:
        line = line_of(self.row, self.opening)
        config = merge(with_line(all_closed(), line, there=False), json.loads(f"{{{self.opening.config}}}"))
        if closed:
            config = with_line(config, line)
        (home / "tmp").mkdir(parents=True)
        files = {"project/greeting.txt": "good morning\n", ".config/opencode/opencode.json": json.dumps(config),
                 **self.opening.files}
        for name, content in files.items():
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            (home / name).write_text(content, encoding="utf-8")
        if (name := self.opening.closing.get("path")) and closed:
            (home / "bin").mkdir()
            (home / "bin" / name).symlink_to(shutil.which("true") or "/bin/true")


def measured(stage: Stage, *runs: Run) -> list[dict[str, Any]]:
    """These runs, one after the other in one namespace; its control must have held."""
    file = stage.folder / "job.json"
    visible = [str(one) for one in (stage.folder, stage.opencode, stage.ollama, Path(sys.executable), ROOT)]
    job = {"visible": visible, "runs": [asdict(run) for run in runs]}
    file.write_text(json.dumps(job), encoding="utf-8")
    argv = [sys.executable, "-m", "tests.support.exits_in_namespace", str(file)]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["held"] == {"forbidden": True}, told
    return list(told["runs"])


def stage(id: str, folder: Path) -> Stage:
    found = Programs(os.environ)
    return Stage(ledger()[id], openings()[id], folder, found.opencode(), found.ollama())
