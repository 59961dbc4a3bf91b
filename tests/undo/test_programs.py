"""`--undo` removes a program's folder and link where they are still `--fix`'s own, and says what it left."""
from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from fixtures.fix.install import programs_folder
from fixtures.fix.journal import Journal, state_folder
from fixtures.system.setup import Setup
from fixtures.undo.run import undo
from fixtures.undo.undone import Undone
from tests.support.fix_homes import config_of, env_of, make_home
from tests.support.journal_lines import add_line

posix = pytest.mark.skipif(os.name == "nt", reason="symbolic links: run this on Linux or macOS")


@pytest.fixture
def setup(tmp_path: Path) -> Setup:
    home = make_home(tmp_path)
    return Setup(env_of(home), home, tmp_path / "project", port=9)


def note(setup: Setup, **what: Any) -> None:
    add_line(setup, id=2, phase="done", made=[], **what)


def take_back(setup: Setup) -> Undone:
    (done,) = undo(setup, keep_models=False)
    return done


@posix
@pytest.mark.parametrize("instead", ["file", "link", "nothing", None])
def test_link_is_called_removed_only_where_it_was(instead: str | None, setup: Setup) -> None:
    link = setup.home / "bin" / "ollama"
    link.parent.mkdir()
    if instead == "file":
        link.write_text("#!/bin/sh")
    elif instead != "nothing":
        link.symlink_to("/mine" if instead == "link" else "/ours")
    note(setup, kind="link", path=str(link), target="/ours")
    said = take_back(setup).words.en
    assert said == {"nothing": f"{link} is not there",
                    None: f"removed {link}"}.get(instead, f"left {link}: it was replaced after the fix")
    assert os.path.lexists(link) == (instead in ("file", "link"))


@pytest.mark.parametrize("where", ["{home}/Documents", "{programs}/ollama-1/../../../../Documents", "{programs}/..",
                                   "{programs}/a/b", "{programs}"])
def test_folder_that_fix_does_not_make_is_kept(where: str, setup: Setup) -> None:
    programs = programs_folder(setup)
    for folder in (setup.home / "Documents", programs / "ollama-1", programs / "a" / "b"):
        folder.mkdir(parents=True)
        (folder / "thesis.txt").write_text("x")
    path = where.format(home=setup.home, programs=programs)
    note(setup, kind="tree", path=path, part=str(programs / ".part"))
    done = take_back(setup)
    assert done.kept and "left" in done.words.en
    assert len(list(setup.home.rglob("thesis.txt"))) == 3


@posix
def test_folder_that_became_a_link_is_kept(setup: Setup) -> None:
    folder = programs_folder(setup) / "ollama-1"
    folder.parent.mkdir(parents=True)
    folder.symlink_to(setup.home / "Documents")
    note(setup, kind="tree", path=str(folder), part=str(folder.with_name(".part")))
    assert take_back(setup).kept and folder.is_symlink()


def test_folder_that_was_not_removed_is_not_called_removed(setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = programs_folder(setup) / "ollama-1"
    folder.mkdir(parents=True)
    (folder / "ollama").write_bytes(bytes(5000))
    note(setup, kind="tree", path=str(folder), part=str(folder.with_name(".part")))
    remove = shutil.rmtree
    monkeypatch.setattr(shutil, "rmtree", lambda path, **kw: None if path == folder else remove(path, **kw))
    done = take_back(setup)
    assert done.kept and "not all of it could be removed" in done.words.en
    monkeypatch.undo()
    assert take_back(setup).words.en == f"removed {folder}, 5 kB"


def test_what_is_in_the_way_of_one_entry_leaves_the_others_their_turn(setup: Setup) -> None:
    new, folder = setup.home / "new.json", programs_folder(setup) / "ollama-1"
    folder.mkdir(parents=True)
    note(setup, kind="tree", path=str(folder), part=str(folder.with_name(".part")))
    journal = Journal(setup)
    journal.write(new, None, b"{}")
    journal.close()
    new.unlink()
    new.mkdir()
    file, tree = undo(setup, keep_models=False)
    assert file.kept and str(new) in file.words.en and not tree.kept and not folder.exists()
    new.rmdir()
    assert take_back(setup).words.en == f"{new} is not there" and not state_folder(setup).exists()


def test_backup_that_is_lost_is_said(setup: Setup) -> None:
    config = config_of(setup.home)
    journal = Journal(setup)
    journal.write(config, config.read_bytes(), b"new")
    journal.close()
    shutil.rmtree(state_folder(setup) / "backup")
    done = take_back(setup)
    assert done.kept and str(config) in done.words.en and config.read_bytes() == b"new"
