"""The command line: the suite's options, and what cannot go together."""
from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

import pytest

from fixtures import command
from fixtures.system.sentences import Text
from reports.words import words

ROOT = Path(__file__).resolve().parent.parent
CHECKS = ROOT / "checks"
MOST_MINUTES = 1440
"""A day of watching."""


def add(parser: pytest.Parser) -> None:
    """Every option takes a value or none: an optional value would swallow `checks`."""
    group = parser.getgroup("ollama-checkpoints", "a local model in OpenCode")
    group.addoption(
        "--sandbox", action="store_true", help="check a throw-away set-up with real programs, not this machine"
    )
    group.addoption(
        "--rehearse", metavar="FOLDER", help="check the sandbox set-up that FOLDER describes; write --rehearse=FOLDER"
    )
    group.addoption("--keep", metavar="DIR", help="keep the rehearsal's home in DIR")
    group.addoption("--model", metavar="NAME", help="the model to verify")
    group.addoption("--project", metavar="DIR", help="the folder OpenCode is started in; write --project=DIR")
    group.addoption("--lang", choices=("zh", "en"), help="language of the report (default: from the locale)")
    group.addoption("--fix", action="store_true", help="apply the fixes that are safe, then verify again")
    group.addoption("--fix-plan", action="store_true", help="print each step that --fix would take; changes nothing")
    group.addoption("--lock", action="store_true", help="with --fix: also close the exits that a config can close")
    group.addoption("--undo", action="store_true", help="take back what --fix did, newest first")
    group.addoption("--keep-models", action="store_true", help="with --undo: keep the models that --fix downloaded")
    group.addoption("--strict-checks", action="store_true", help="advice counts as failure")
    group.addoption("--prove", action="store_true", help="measure which names and addresses try to leave this machine")
    group.addoption(
        "--prove-minutes",
        metavar="N",
        type=float,
        help="the same, with N minutes in which nothing is done (default: 1)",
    )
    group.addoption("--full", action="store_true", help="adds one request as long as OpenCode's own")
    group.addoption(
        "--report-dir",
        metavar="DIR",
        help=f"where result.json goes (default: {command.REPORT}); write --report-dir=DIR",
    )
    _add_room(group)


def _add_room(group: pytest.OptionGroup) -> None:
    """What a room of learners needs."""
    group.addoption(
        "--room",
        metavar="URL",
        help="the room of the lesson, as the instructor's screen shows it: its model, its downloads, and where the "
        "result is handed in; or a file with its profile",
    )
    group.addoption(
        "--hand-in", choices=("code",), help="end with a code for a chat or a form, which `reports room` reads"
    )
    group.addoption("--json", action="store_true", help="print the verdict as one line of JSON, and nothing else")
    group.addoption("--seat", metavar="NAME", help="a label for the report")
    group.addoption(
        "--ready",
        action="store_true",
        help="before the day: what still lacks, how much is to be downloaded, and how long that takes; changes nothing",
    )
    group.addoption(
        "--mirror",
        metavar="URL",
        help="with --fix: models and programs from a server in the room (python -m fixtures.mirror), or a kit's folder",
    )


def concerns_checks(config: pytest.Config) -> bool:
    """Whether this run is about the checks, and not about somebody's tests."""
    paths = (Path(config.invocation_params.dir, arg.split("::")[0]).resolve() for arg in config.args)
    return any(path.is_relative_to(CHECKS) for path in paths)


def refuse_foreign_root(config: pytest.Config, args: list[str]) -> None:
    """A folder given as an option's separate value can become pytest's root, with its `pytest.ini`."""
    named = any(Path(arg.split("::")[0]).resolve().is_relative_to(CHECKS) for arg in args if not arg.startswith("-"))
    if named and config.rootpath != ROOT:
        typed = shlex.join(_with_equals(args))
        raise _refusal(words.usage("foreign-root", root=config.rootpath, args=typed))


def _with_equals(args: list[str]) -> list[str]:
    folders = ("--rehearse", "--project", "--report-dir", "--keep")
    fixed: list[str] = []
    for arg in args:
        if fixed and fixed[-1] in folders:
            fixed[-1] += f"={arg}"
        else:
            fixed.append(arg)
    return fixed


def refuse_impossible(config: pytest.Config) -> None:
    """What cannot be done, in one sentence."""
    if config.getoption("numprocesses", None):
        raise _refusal(words.usage("one-process"))
    _refuse_foreign_options(config)
    _refuse_what_is_not_there(config)


def _refuse_foreign_options(config: pytest.Config) -> None:
    """Options that exclude one another, or that mean nothing without another."""
    option = config.option
    chosen = [name for name in ("--fix", "--fix-plan", "--undo", "--ready") if config.getoption(name)]
    if len(chosen) > 1:
        raise _one_of(*chosen)
    if option.ready:  # a plan, and what it comes to
        option.fix_plan, chosen = True, ["--fix-plan"]
    if option.mirror is not None and chosen not in (["--fix"], ["--fix-plan"]):
        raise _refusal(words.usage("mirror-alone"))
    if option.lock and chosen not in (["--fix"], ["--fix-plan"]):
        raise _refusal(words.usage("lock-alone"))
    if option.keep_models and chosen != ["--undo"]:
        raise _refusal(words.usage("keep-models-alone"))
    if option.hand_in and ((option.fix_plan and not option.ready) or option.undo or option.json):
        raise _one_of("--hand-in", "--fix-plan", "--undo", "--json")
    if option.sandbox and option.rehearse:
        raise _one_of("--sandbox", "--rehearse")
    if option.prove_minutes is not None and not 0 <= option.prove_minutes <= MOST_MINUTES:
        raise _refusal(words.usage("prove-minutes", most=MOST_MINUTES))
    if chosen[:1] not in ([], ["--fix"]) and (option.prove or option.prove_minutes is not None):
        raise _one_of("--prove", *chosen)
    if option.keep and not option.rehearse:
        raise _refusal(words.usage("keep-alone"))


def _refuse_what_is_not_there(config: pytest.Config) -> None:
    """Names that are none, and folders that do not exist."""
    seat, rehearse = config.option.seat, config.option.rehearse
    if seat and (Path(seat).name != seat or seat in (".", "..") or "\\" in seat or not seat.isprintable()):
        raise _refusal(words.usage("seat-is-a-name"))
    for option in ("rehearse", "project"):
        folder = getattr(config.option, option)
        if folder and not Path(folder).is_dir():
            raise _refusal(words.usage("no-folder", option=option, folder=folder))
    if rehearse and not Path(rehearse, "setup.toml").is_file():
        raise _refusal(words.usage("no-setup", folder=rehearse))


def _one_of(*options: str) -> pytest.UsageError:
    return _refusal(words.usage("one-of", options=Text(*(between.join(options) for between in words.usage("and")))))


def _refusal(text: Text) -> pytest.UsageError:
    """In both languages: which one a person reads is not known yet."""
    return pytest.UsageError(text.both)


def again(config: pytest.Config, *more: str) -> str:
    """The command that started this run, as the person typed it, without the options that only choose a face."""
    return " ".join(filter(None, [_start(), command.quoted([*_about(config), *more])]))


def fix(config: pytest.Config) -> str:
    """The command that takes the steps of a plan, from the same mirror."""
    mirror = None if config.option.room else config.option.mirror
    lock = ["--lock"] if config.option.lock else []
    return again(config, "--fix", *lock, *([f"--mirror={mirror}"] if mirror and mirror != command.SOURCE else []))


def _about(config: pytest.Config) -> list[str]:
    """The options that say what is checked: without `--rehearse` a copied `--fix` would work on the real machine."""
    option = config.option
    valued = [
        ("rehearse", option.rehearse),
        ("keep", option.keep),
        ("project", option.project),
        ("model", option.model),
    ]
    valued += [("room", option.room), ("hand-in", option.hand_in)]
    if option.room or option.hand_in:  # the next run hands in as the same seat
        valued += [("seat", option.seat)]
    return [*(["--sandbox"] if option.sandbox else []), *(f"--{name}={value}" for name, value in valued if value)]


def _start() -> str:
    if typed := os.environ.get(command.VARIABLE):
        return typed
    program = Path(sys.argv[0])
    if program.name == "__main__.py":
        start = f"{Path(sys.executable).name} -m pytest"
    elif os.environ.get("UV"):
        start = "uv run pytest"
    else:
        inside = program.resolve().is_relative_to(ROOT)
        start = command.shell_line([os.path.relpath(program) if inside else program.stem])
    return f"{start} checks"


def silence(config: pytest.Config) -> None:
    """pytest's own screen is for programmers; `-v` brings it back."""
    option = config.option
    option.verbose, option.tbstyle, option.reportchars = -2, "no", ""
    option.no_header = option.no_summary = True


def relative(path: Path) -> str:
    """As somebody who sits in this folder would type it."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def narrowed(config: pytest.Config) -> bool:
    """A single file or test was named: as narrow as `-k`."""
    return any(Path(arg.split("::")[0]).resolve() != CHECKS for arg in config.args)
