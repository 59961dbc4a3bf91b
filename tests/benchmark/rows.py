"""What is measured: the suite on a sound set-up, and what it is held beside."""
from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from fixtures.opencode.chat import PROMPT
from fixtures.opencode.copy import OVERLAY, PROBE, QUIET
from fixtures.sandbox.sandbox import HEALTHY, Sandbox, read_rehearsal
from fixtures.system import loopback
from fixtures.system.setup import Setup
from tests.benchmark.measure import Measured, measured, together
from tests.conftest import ROOT, checks_command

MODEL = "qwen2.5-coder:7b"
FLOOR = Path(__file__).with_name("floor.py")


@dataclass(frozen=True, slots=True)
class Bench:
    """A sound set-up whose server runs outside what is measured, and a folder for what a run leaves."""

    setup: Setup
    folder: Path

    @classmethod
    def open(cls, folder: Path, models: Sequence[str] = ()) -> Bench:
        """In `folder`, with the suite's cache still empty; `models` in place of the lesson's."""
        rehearsal = read_rehearsal(HEALTHY)
        rehearsal = replace(rehearsal, server={"models": list(models)}) if models else rehearsal
        setup = Sandbox(Setup.of_this_machine(folder), rehearsal, folder / "sandbox").open("sandbox")
        setup.ready()
        (folder / "cache").mkdir()
        return cls(replace(setup, cache=folder / "cache"), folder)

    @property
    def env(self) -> dict[str, str]:
        """The suite's, on that set-up."""
        own = {"OLLAMA_HOST": f"127.0.0.1:{self.setup.port}", "PYTHONPATH": str(ROOT)}
        return {**self.setup.env, **own, "OLLAMA_CHECKPOINTS_CACHE": str(self.setup.cache)}

    @property
    def quiet(self) -> dict[str, str]:
        """OpenCode's, as the suite starts it: in folders of its own, with the suite's agent."""
        copy = {f"XDG_{name}_HOME": str(self.folder / name) for name in ("DATA", "STATE", "CACHE")}
        # the small model never stops by itself
        short = {"provider": {"ollama": {"models": {MODEL: {"limit": {"context": 100000, "output": 64}}}}}}
        config = json.dumps({"agent": OVERLAY["agent"], **short})
        return {**self.env, **QUIET, **copy, "OPENCODE_CONFIG_CONTENT": config}

    def checks(self, *args: str, **env: str) -> Measured:
        argv = checks_command(self.folder / "report", *args)
        return measured(argv, {**self.env, **env}, self.setup.project)


def suite(bench: Bench) -> Measured:
    """A run that ends with 0."""
    run = bench.checks()
    assert run.code == 0
    return run


def seven_commands(bench: Bench) -> Measured:
    """What a reader of the lesson would type, each in turn."""
    chat = ["opencode", "run", "-m", f"ollama/{MODEL}", "--agent", PROBE, "--title", "c", "--format", "json", PROMPT]
    commands = [
        ["ollama", "--version"], ["curl", "-s", f"{bench.setup.default_url}/api/version"], ["opencode", "--version"],
        ["opencode", "debug", "paths"], ["opencode", "debug", "config"], ["opencode", "models", "ollama"], chat,
    ]
    return together([measured(command, bench.quiet, bench.setup.project) for command in commands])


def floor(bench: Bench) -> Measured:
    """One start of OpenCode and one sentence; nothing is judged."""
    argv = [sys.executable, FLOOR, bench.setup.default_url, "ollama", MODEL, PROMPT, PROBE]
    run = measured(argv, bench.quiet, bench.setup.project)
    assert run.code == 0
    return run


def bare_pytest(bench: Bench) -> Measured:
    """Ten tests that do nothing, with the plugins that a check run has."""
    file = bench.folder / "ten" / "test_ten.py"
    if not file.exists():
        file.parent.mkdir(parents=True)
        file.write_text("".join(f"def test_{number}(): pass\n" for number in range(10)), encoding="utf-8")
    out = [word for name in ("anyio", "hypothesispytest", "xdist", "xdist.looponfail") for word in ("-p", f"no:{name}")]
    return measured([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *out, file], bench.env,
                    file.parent)


def bare_machine(bench: Bench) -> Measured:
    """Neither program, no config."""
    home = bench.folder / "bare"
    home.mkdir(exist_ok=True)
    return bench.checks(HOME=str(home), PATH="/usr/bin:/bin", OLLAMA_HOST=f"127.0.0.1:{loopback.free_port()}")


def stopped_server(bench: Bench) -> Measured:
    """Everything is there, and nobody has started Ollama."""
    return bench.checks(OLLAMA_HOST=f"127.0.0.1:{loopback.free_port()}")


def collected(bench: Bench) -> Measured:
    """`--co`: which checks there are."""
    return bench.checks("--co")


ROWS: tuple[Callable[[Bench], Measured], ...] = (
    suite, seven_commands, floor, bare_pytest, bare_machine, stopped_server, collected,
)
