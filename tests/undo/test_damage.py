"""A line of the journal that this version cannot read is said, stays, and is never acted on."""
from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from fixtures.fix import records
from fixtures.fix.install import with_installed
from fixtures.fix.journal import Journal, read, state_folder
from fixtures.fix.records import Foreign
from fixtures.system.setup import Setup
from fixtures.undo.run import undo
from tests.support.fix_homes import env_of
from tests.support.journal_lines import FULL, add_line


@pytest.fixture
def setup(tmp_path: Path) -> Setup:
    home = tmp_path / "home"
    home.mkdir()
    return Setup(env_of(home), home, tmp_path / "project", port=9)


@pytest.mark.parametrize(
    "line",
    [
        {"kind": "launch-agent", "label": "of a newer version"},
        {"kind": "file", **FULL["file"], "made": "one string"},
        {"kind": "model", **FULL["model"], "partials": None},
        {"kind": "model", **FULL["model"], "size": 10**400},
        {"kind": "server", "pid": "12"},
        {"kind": "tree", "path": "/a\0b", "part": "/a"},
        {"kind": "link", "path": "\ud800", "target": "/a"},
        {"kind": "tree", **FULL["tree"], "phase": "paused"},
    ],
    ids=lambda line: f"{line['kind']}, {[key for key in line if key != 'kind'][-1]}",
)
def test_what_cannot_be_read_is_said_and_stays(line: dict[str, Any], setup: Setup) -> None:
    add_line(setup, **{"id": 2, "phase": "done", **line})
    file = state_folder(setup) / "journal.jsonl"
    assert isinstance(read(file)[2], Foreign) and with_installed(setup) == setup
    for _ in range(2):
        (done,) = undo(setup, keep_models=False)
        assert done.kept and f"entry 2 ({line['kind']})" in done.words.en and str(file) in done.words.zh
    assert json.loads(file.read_text(encoding="utf-8").splitlines()[1])["kind"] == line["kind"]


def test_fields_of_a_newer_version_are_let_be(setup: Setup) -> None:
    add_line(
        setup,
        id=2,
        kind="tree",
        phase="done",
        path=str(setup.home / "x"),
        part=str(setup.home / "y"),
        signed_by="somebody",
    )
    assert isinstance(read(state_folder(setup) / "journal.jsonl")[2], records.Tree)
    (done,) = undo(setup, keep_models=False)
    assert done.kept and "not a folder that --fix makes" in done.words.en


def test_a_damaged_part_leads_to_nobodys_file(setup: Setup) -> None:
    mine = setup.home / "thesis.txt"
    mine.write_text("years")
    add_line(setup, id=2, kind="file", phase="begun", path=str(setup.home / "a.json"), part=str(mine), after="0" * 64)
    Journal(setup).close()
    undo(setup, keep_models=False)
    assert mine.read_text() == "years"


def test_a_damaged_layer_leads_to_nobodys_download(setup: Setup) -> None:
    part = setup.ollama_models / "blobs" / f"sha256-{'a' * 64}-partial"
    part.parent.mkdir(parents=True)
    part.write_text("of yesterday")
    add_line(setup, id=2, phase="begun", kind="model", **FULL["model"], digests=["*", "", "../blobs/sha256-a"])
    undo(setup, keep_models=False)
    assert part.exists()


def test_a_number_that_a_damaged_line_has_is_not_given_again(setup: Setup) -> None:
    add_line(setup, id=7, kind="file", backup="1")
    journal = Journal(setup)
    assert journal.note(records.Server()).id == 8
    journal.close()


FIELDS = "phase made digests size pid created fresh mark began backup before store"
VALUES = (
    None, 0, -1, 2**70, 1.5, True, "", "x", "/", "..", "*", "\0", [], ["x"], [1], [None], {}, {"a": 1}, {"a": "b"},
    "begun", "undone",
)


@pytest.mark.parametrize("seed", range(8))
def test_no_damage_breaks_reading_or_undoing(seed: int, setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    """Any field of any kind may hold anything: it is read or not, and what stands beside the journal stays."""
    monkeypatch.chdir(setup.home)
    (setup.home / "x").write_text("mine")
    draw = random.Random(seed)
    for number in range(2, 62):
        kind = draw.choice(sorted(FULL))
        names = [*FULL[kind], *FIELDS.split()]
        changed = {name: draw.choice(VALUES) for name in draw.sample(names, draw.randint(1, 3))}
        add_line(setup, **{"id": number, "kind": kind, "phase": "done", **FULL[kind], **changed})
    with_installed(setup)
    undo(setup, keep_models=False)
    assert (setup.home / "x").read_text() == "mine"


def test_half_a_line_and_endless_brackets_are_none(setup: Setup) -> None:
    add_line(setup, id=2, kind="server", phase="begun")
    with (state_folder(setup) / "journal.jsonl").open("ab") as file:
        file.write(b"[" * 100_000 + b"\n" + b'{"id": 3, "kind": "ser')
    assert list(read(state_folder(setup) / "journal.jsonl")) == [1, 2]
