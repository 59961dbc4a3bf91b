"""Every printed remedy, typed as a person would: what was wrong is gone, or the next thing that is wrong is reached."""
from __future__ import annotations

from pathlib import Path

import pytest

from fixtures.programs.programs import ProgramMissing
from fixtures.sandbox.rehearsal import read_rehearsal
from fixtures.sandbox.sandbox import open_sandbox
from fixtures.system.cache_place import cache_dir
from fixtures.system.setup import Setup
from tests.conftest import ROOT
from tests.support.pitfall_table import executed
from tests.support.share import drawn
from tests.support.typed import judged, judged_alone, kind_of, typed

SETUPS = ROOT / "fixtures" / "setups"
BY_HAND = [
    folder for folder in sorted(SETUPS.iterdir())
    if (folder / "setup.toml").is_file() and any(
        executed(pitfall) == "yes" for pitfall in read_rehearsal(folder).expect.get("failed", {}).values())
]
"""Those whose failure has commands that a sandbox can carry out."""
SHARE = drawn(BY_HAND, 4)
"""Each takes some ten seconds."""


def test_what_a_command_is() -> None:
    kinds = {"sudo systemctl restart ollama": "root", '"baseURL": "x"': "edit", "ollama serve": "serve",
             "ollama pull a:1b": "pull", "unset OLLAMA_HOST": "shell", "ollama list": "look", "npm i -g x": "internet",
             "pytest checks --fix --model=a": "fix", "export NO_PROXY=a": "shell", "model: a/b": "edit"}
    assert {command: kind_of(command) for command in kinds} == kinds
    assert len(BY_HAND) > 15


@pytest.mark.real
@pytest.mark.parametrize("folder", SHARE, ids=lambda folder: folder.name)
def test_typed_as_printed(folder: Path, tmp_path: Path) -> None:
    machine = Setup.of_this_machine(tmp_path)
    machine = Setup(machine.env, machine.home, tmp_path, cache=cache_dir(machine.env))
    try:
        setup = open_sandbox(machine, str(folder), str(tmp_path / "kept"))
    except ProgramMissing as error:
        pytest.skip(f"no programs: {error.en}")
    facts, judgements, result = judged(setup)
    first = next(one for one in result["checks"] if one["id"] == result["first"])
    assert first["pitfall"] in read_rehearsal(folder).expect["failed"].values()
    commands = first["remedy"]["commands"]
    print(commands)
    after = typed(facts, judgements.of(first["id"]).values, commands, tmp_path / "typed")
    still = judged_alone(after, first["id"])
    print(still)
    assert (still.status, still.pitfall) != ("failed", first["pitfall"])
