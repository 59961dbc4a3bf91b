"""Every row of the ledger that names a set-up folder is open there; judged from its files, without a program."""
from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from checks.judging.exits import Exit, ledger
from checks.rules.exits import rules
from fixtures.facts.facts import Facts
from fixtures.ollama.exposure import Cloud
from fixtures.ollama.server import Server, address
from fixtures.opencode.default import Default
from fixtures.sandbox.rehearsal import read_rehearsal
from tests.support.config_homes import Home, model

SETUPS = Path(__file__).parents[2] / "fixtures" / "setups"
ROWS = [one for one in ledger().values() if one.setup]
NOT_JUDGED = ("own-code", "own-programs")
"""A set-up shows that there is something which nobody judges."""


def facts_of(exit: Exit, folder: Path) -> Facts:
    """The set-up's files and environment; what only a running program tells is taken from what the folder is about."""
    rehearsal = read_rehearsal(SETUPS / str(exit.setup))
    home = Home(folder)
    shutil.copytree(rehearsal.folder / "home", home.path, dirs_exist_ok=True)
    facts = home.facts()
    facts.setup = replace(facts.setup, env={**facts.setup.env, **rehearsal.env}, port=11434)
    where = address("http://127.0.0.1:11434", "default")
    assert where
    online = Default("build", None, "order", (), "opencode", "big-pickle", "big-pickle", "https://opencode.ai/zen/v1")
    known = {
        "server": Server(where, "ollama", "0.34.0"),
        "models": (model("qwen2.5-coder:7b"),),
        "reached_at": (),
        "cloud": Cloud(False, "none"),
        "answers_strangers": False,
        "mirror_serves": False,
        "opencode_program": None,
        "default": online if exit.id == "default-model" else None,
    }
    for name, value in known.items():
        facts.assume(name, value)
    return facts


@pytest.mark.parametrize("exit", ROWS, ids=lambda one: one.id)
def test_the_set_up_opens_it(exit: Exit, tmp_path: Path) -> None:
    seen = rules()[exit.id](facts_of(exit, tmp_path))
    assert seen.state == ("not-judged" if exit.id in NOT_JUDGED else "open"), seen.why.en
