"""A journal of an earlier version is read as it was meant, and every kind of record has what takes it back."""

from __future__ import annotations

import ast
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from fixtures.fix import records
from fixtures.fix.journal import lines, read, state_folder
from fixtures.fix.records import Record, as_line, from_line
from fixtures.system.setup import Setup
from fixtures.undo.kinds import KINDS, SIBLINGS
from fixtures.undo.run import undo
from tests.conftest import ROOT
from tests.support.fix_homes import env_of, tree
from tests.support.journal_lines import FULL
from tests.support.programs_stand_ins import script

OF_1_0_0 = Path(__file__).with_name("journal-of-1.0.0.jsonl")
"""Entries 1 to 8 of a `--fix` from a bare home to the first chat, 9 and 10 of Windows' package manager and a config
edited."""
CONFIG = {
    "$schema": "https://opencode.ai/config.json",
    "provider": {
        "ollama": {
            "npm": "@ai-sdk/openai-compatible",
            "name": "Ollama (local)",
            "options": {"baseURL": "http://127.0.0.1:11434/v1"},
            "models": {"qwen2.5-coder:7b": {"name": "qwen2.5-coder:7b (local)"}},
        }
    },
}
"""What that run wrote."""
posix = pytest.mark.skipif(os.name == "nt", reason="a POSIX machine's entries, with links: run this on Linux or macOS")


@pytest.fixture
def setup(tmp_path: Path) -> Setup:
    home = tmp_path / "home"
    home.mkdir()
    return Setup(env_of(home), home, tmp_path / "project", port=9)


def given(setup: Setup, text: str) -> Path:
    file = state_folder(setup) / "journal.jsonl"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text.replace("{home}", json.dumps(str(setup.home))[1:-1]), encoding="utf-8", newline="")
    return file


def test_a_journal_of_1_0_0_has_its_entries(setup: Setup) -> None:
    file = given(setup, OF_1_0_0.read_text(encoding="utf-8"))
    entries = read(file)
    assert [
        one.kind for one in entries.values()
    ] == "folders tree link tree link server model file package file".split()
    assert {one.phase for one in entries.values()} == {"done"}
    for number, line in lines(file).items():
        now = as_line(entries[number])
        assert {key: now[key] for key in line} == line and not any(now[key] for key in now.keys() - line.keys())


@posix
def test_a_journal_of_1_0_0_is_taken_back(setup: Setup) -> None:
    home = setup.home
    own = home / ".config" / "opencode"
    own.mkdir(parents=True)
    (own / "tui.json").write_text("{}\n", encoding="utf-8")
    script(home / "bin" / "winget", f'echo "$*" > "{home.parent}/told"')
    before = tree(home)
    programs = home / ".local" / "share" / "ollama-checkpoints"
    for name in ("ollama-0.34.0", "opencode-1.18.33"):
        (programs / name / "bin").mkdir(parents=True)
        link = home / ".local" / "bin" / name.partition("-")[0]
        (programs / name / "bin" / link.name).write_text("program")
        link.parent.mkdir(exist_ok=True)
        link.symlink_to(programs / name / "bin" / link.name)
    (own / "tui.json").write_text('{"model": "ollama/x"}\n', encoding="utf-8")
    (own / "opencode.json").write_text(json.dumps(CONFIG, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    given(setup, OF_1_0_0.read_text(encoding="utf-8"))
    (state_folder(setup) / "backup").mkdir()
    (state_folder(setup) / "backup" / "10").write_bytes(b"{}\n")
    done = undo(setup, keep_models=False)
    assert len(done) == 9 and not any(one.kept for one in done), [one.words.en for one in done]
    assert [one.words.en.split()[0] for one in done] == (
        "restored removed removed the the removed removed removed removed".split()
    )
    assert tree(home) == before and (home.parent / "told").read_text().startswith("uninstall --id Ollama.Ollama")


def test_every_kind_is_taken_back_but_the_folders_of_the_journal_itself() -> None:
    assert set(KINDS) == set(records.KINDS.values()) - {records.Folders} and len(KINDS) == len(SIBLINGS)
    for kind, line in FULL.items():
        record = from_line({"id": 1, "kind": kind, "phase": "done", **line})
        assert type(record) is records.KINDS[kind]
        assert from_line(as_line(record)) == record


def journalled(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Function and kind of every `journal.doing(records.Kind(…))`, also where the record has a name first."""
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
        if any(isinstance(call.func, ast.Attribute) and call.func.attr == "doing" for call in calls):
            yield from (
                (function.name, name)
                for call in calls
                if (name := ast.unparse(call.func).removeprefix("records.")) in NAMES
            )


NAMES = {kind.__name__ for kind in records.KINDS.values()}


def test_what_the_table_says_takes_a_step_is_what_journals_it() -> None:
    files = sorted((ROOT / "fixtures" / "fix").glob("*.py"))
    found = {pair for file in files for pair in journalled(ast.parse(file.read_text(encoding="utf-8")))}
    assert found == {(take.__name__, one.kind.__name__) for one in SIBLINGS for take in one.take}


def test_what_plans_a_step_is_reached_from_a_pitfall() -> None:
    """Each of the table's planners is one of a pitfall's own, or called by one."""
    from fixtures.fix.step import planners

    own = set(planners().values())
    modules = {planner.__module__ for planner in own}
    for one in SIBLINGS:
        for planned in one.plan:
            assert planned in own or any(
                planned.__name__ in vars(__import__(name, fromlist=["x"])) for name in modules
            ), planned


def test_a_record_has_a_kind_of_its_own() -> None:
    assert len(records.KINDS) == len(NAMES) and all(issubclass(kind, Record) for kind in KINDS)
