"""What the journal keeps is as private as what it was made from, and a damaged or full disk breaks neither run."""
from __future__ import annotations

import errno
import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fixtures.fix import edit as fix_edit
from fixtures.fix.install import with_installed
from fixtures.fix.journal import Journal, read, state_folder
from fixtures.fix.records import Link, Server, Tree
from fixtures.fix.step import Change, Step
from fixtures.system import whole_file
from fixtures.system.sentences import Text
from fixtures.system.setup import Setup
from fixtures.undo.run import undo
from tests.conftest import Ran
from tests.support.fix_homes import OLD, config_of, env_of, make_home

posix = pytest.mark.skipif(os.name == "nt", reason="rights of POSIX: run this on Linux or macOS")
root = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0,
                          reason="only root can give files away: run this as root")
FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
SOMEBODY = 65534


@pytest.fixture
def setup(tmp_path: Path) -> Setup:
    home = make_home(tmp_path)
    return Setup(env_of(home), home, tmp_path / "project", port=9)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@posix
def test_backup_of_a_private_file_is_private_and_so_are_its_folders(setup: Setup) -> None:
    config = config_of(setup.home)
    config.chmod(0o600)
    journal = Journal(setup)
    journal.write(config, OLD.encode(), b"new")
    journal.close()
    folder = state_folder(setup)
    assert {str(path.relative_to(folder)): mode(path) for path in folder.rglob("*")} == {
        "backup": 0o700, "backup/2": 0o600, "lock": 0o600, "journal.jsonl": 0o600}
    assert (mode(folder), mode(config)) == (0o700, 0o600)


@posix
def test_state_folder_of_an_older_version_is_closed(setup: Setup) -> None:
    state_folder(setup).mkdir(parents=True)
    state_folder(setup).chmod(0o755)
    Journal(setup).close()
    assert mode(state_folder(setup)) == 0o700


@posix
@pytest.mark.parametrize("rights", [0o600, 0o644, 0o640])
def test_part_has_the_rights_of_the_file_before_a_byte_is_in_it(
    rights: int, setup: Setup, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = config_of(setup.home)
    first: list[int] = []
    written: list[tuple[int, bytes]] = []
    config.chmod(rights)
    opened, through = os.open, whole_file._write_through
    journal = Journal(setup)

    def open_seen(path: Path, flags: int, most: int = 0o777) -> int:
        first.append(most)
        return opened(path, flags, most)

    def through_seen(file: Any, data: bytes) -> None:
        written.append((mode(Path(file.name)), data))
        through(file, data)

    monkeypatch.setattr(os, "open", open_seen)
    monkeypatch.setattr(whole_file, "_write_through", through_seen)
    journal.write(config, OLD.encode(), b"new")
    journal.close()
    assert (set(first), written) == ({0o600}, [(0o600, OLD.encode()), (rights, b"new")])


@posix
@pytest.mark.parametrize(("source", "copy"), [(0o600, 0o600), (0o640, 0o600), (0o644, 0o644)])
@pytest.mark.parametrize("before", [None, b""])
def test_copy_is_no_more_readable_than_its_source(source: int, copy: int, before: bytes | None, setup: Setup) -> None:
    misplaced, new = setup.home / "opencode.json", setup.home / "config" / "opencode.json"
    misplaced.write_text("key")
    misplaced.chmod(source)
    if before is not None:
        new.parent.mkdir()
        new.write_bytes(before)
        new.chmod(0o644)
    (step,) = fix_edit.written(new, before, "key", Text("copy", "复制"), like=misplaced)
    journal = Journal(setup)
    step.take(journal)
    journal.close()
    assert mode(new) == copy & ~umask()


def umask() -> int:
    now = os.umask(0)
    os.umask(now)
    return now


def test_change_names_what_it_is_a_copy_of(tmp_path: Path) -> None:
    assert Change(tmp_path, None, b"").like is None
    assert Step(Text("", ""), (Change(tmp_path, None, b"", like=tmp_path),)).changes[0].like == tmp_path


def test_file_with_another_name_is_left_to_the_person(setup: Setup) -> None:
    config = config_of(setup.home)
    assert fix_edit.refusal(config) is None
    os.link(config, setup.home / "dotfiles.json")
    refused = fix_edit.refusal(config)
    assert refused and "has another name too" in refused.en


@root
def test_what_root_makes_in_a_persons_home_is_the_persons(setup: Setup) -> None:
    for path in (setup.home, *setup.home.rglob("*")):
        os.chown(path, SOMEBODY, SOMEBODY)
    before = set(setup.home.rglob("*"))
    journal = Journal(setup)
    journal.write(config_of(setup.home), OLD.encode(), b"new")
    journal.write(setup.home / "a" / "b" / "new.json", None, b"new")
    folder, link = setup.home / "programs" / "ollama-1", setup.home / "bin" / "ollama"
    with journal.doing(Tree(path=str(folder), part=str(folder), made=[str(folder.parent)])):
        (folder / "bin").mkdir(parents=True)
        (folder / "bin" / "ollama").write_text("program")
    with journal.doing(Link(path=str(link), target="/nowhere", made=[str(link.parent)])):
        link.parent.mkdir()
        link.symlink_to("/nowhere")
    journal.close()
    made = {path for path in setup.home.rglob("*") if path not in before}
    assert len(made) > 10 and {path.lstat().st_uid for path in made} == {SOMEBODY}
    assert config_of(setup.home).stat().st_uid == SOMEBODY


BROKEN = [b"null", b"5", b"[]", b"{}", b'{"id": 7}', b'{"id": 8, "kind": "file"}', b'{"id": 9, "phase": "done"}',
          b'{"kind": "link", "phase": "done"}',
          b'{"id": "x", "kind": "link", "phase": "done", "path": "/a"}', b'{"id": 10, "kind": "tree", "phase": "done"}',
          b"\xff\xfe", b"",
          b'{"id": 11, "kind": "package", "phase": "done"}', b'{"id": 12, "kind": "folders", "phase": "done"}']


def test_lines_that_lack_something_break_nothing(setup: Setup) -> None:
    journal = Journal(setup)
    journal.write(config_of(setup.home), OLD.encode(), b"new")
    journal.close()
    with (state_folder(setup) / "journal.jsonl").open("ab") as file:
        file.write(b"\n".join(BROKEN))
    assert {entry.kind for entry in read(state_folder(setup) / "journal.jsonl").values()} == {"folders", "file"}
    assert with_installed(setup) == setup
    (done,) = undo(setup, keep_models=False)
    assert not done.kept and config_of(setup.home).read_text(encoding="utf-8") == OLD
    assert not state_folder(setup).exists()


def test_line_that_the_disk_cut_does_not_swallow_the_next(setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    journal, write = Journal(setup), os.write
    monkeypatch.setattr(os, "write", _cut(write))
    with pytest.raises(OSError):
        journal.note(Server(id=5))
    monkeypatch.setattr(os, "write", write)
    journal.note(Server(id=6))
    journal.close()
    assert [entry.id for entry in read(state_folder(setup) / "journal.jsonl").values()] == [1, 6]


def _cut(write: Callable[[int, Any], int]) -> Callable[[int, Any], int]:
    """A disk that takes three bytes and is full."""
    left = [3]

    def cut(descriptor: int, data: Any) -> int:
        if not left[0]:
            raise FULL
        left[0] = 0
        return write(descriptor, bytes(data)[:3])

    return cut


def test_closing_never_raises_and_lets_the_home_go(setup: Setup) -> None:
    journal = Journal(setup)
    os.close(journal._log.fileno())
    journal.close()
    journal.close()
    Journal(setup).close()


@posix
@pytest.mark.parametrize("option", ["--undo", "--fix"])
def test_state_folder_that_cannot_be_opened_is_one_sentence(
    option: str, setup: Setup, run_checks: Callable[..., Ran]
) -> None:
    folder = state_folder(setup)
    folder.mkdir(parents=True)
    (folder / "journal.jsonl").write_text(json.dumps({"id": 1, "kind": "folders", "phase": "done", "made": []}) + "\n")
    (folder / "lock").mkdir()  # rights do not hold root off
    ran = run_checks("-k", "config_found", "--lang=en", option, env=env_of(setup.home))
    said = " ".join(ran.out.split())
    assert ran.code == 1 and "INTERNALERROR" not in said and "Traceback" not in said
    assert str(folder / "lock").removeprefix(str(setup.home)) in said and "could not" in said
    assert config_of(setup.home).read_text(encoding="utf-8") == OLD


def test_full_disk_is_freed_before_the_rest_is_said(setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the file nor a line of the journal can be written until the program's folder, an older entry, is gone."""
    from fixtures.fix.install import programs_folder
    from fixtures.undo import file as module

    big = programs_folder(setup) / "ollama-1"
    journal = Journal(setup)
    with journal.doing(Tree(path=str(big), part=str(big.with_name(".part")), made=[str(programs_folder(setup))])):
        big.mkdir(parents=True)
        (big / "ollama").write_bytes(bytes(1000))
    journal.write(config_of(setup.home), OLD.encode(), b"new")
    journal.close()
    for where, name in ((Journal, "note"), (module, "replace")):
        monkeypatch.setattr(where, name, _while(big, getattr(where, name)))
    file, tree = undo(setup, keep_models=False)
    assert file.kept and os.strerror(errno.ENOSPC) in file.words.en and not tree.kept and not big.exists()
    assert [entry.phase for entry in read(state_folder(setup) / "journal.jsonl").values()] == ["done", "undone", "done"]
    (file,) = undo(setup, keep_models=False)
    assert not file.kept and config_of(setup.home).read_text(encoding="utf-8") == OLD


def _while(folder: Path, function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        if folder.exists():
            raise FULL
        return function(*args, **kwargs)

    return call
