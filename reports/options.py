"""The command line: the suite's options, and what cannot go together."""
from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

import pytest

from fixtures import command

ROOT = Path(__file__).resolve().parent.parent
CHECKS = ROOT / "checks"


def report_folder(here: Path) -> Path:
    """Where a report goes, if `--report-dir` does not say; `here` is where the command was typed."""
    return (here if command.PACKAGED else ROOT) / command.REPORT


def add(parser: pytest.Parser) -> None:
    """Every option takes a value or none: an optional value would swallow `checks`."""
    group = parser.getgroup("ollama-checkpoints", "a local model in OpenCode")
    group.addoption("--sandbox", action="store_true", help="check a throw-away set-up with real programs, not this machine")
    group.addoption("--rehearse", metavar="FOLDER", help="check the sandbox set-up that FOLDER describes; write --rehearse=FOLDER")
    group.addoption("--keep", metavar="DIR", help="keep the rehearsal's home in DIR")
    group.addoption("--model", metavar="NAME", help="the model to verify")
    group.addoption("--project", metavar="DIR", help="the folder OpenCode is started in; write --project=DIR")
    group.addoption("--lang", choices=("zh", "en"), help="language of the report (default: from the locale)")
    group.addoption("--fix", action="store_true", help="apply the fixes that are safe, then verify again")
    group.addoption("--fix-plan", action="store_true", help="print each step that --fix would take; changes nothing")
    group.addoption("--undo", action="store_true", help="take back what --fix did, newest first")
    group.addoption("--keep-models", action="store_true", help="with --undo: keep the models that --fix downloaded")
    group.addoption("--mirror", metavar="URL", help="with --fix: models and programs from a server in the room (python -m fixtures.mirror)")
    group.addoption("--seat", metavar="NAME", help="a label for the report")
    group.addoption("--strict-checks", action="store_true", help="advice counts as failure")
    group.addoption("--full", action="store_true", help="adds one request as long as OpenCode's own")
    group.addoption("--report-dir", metavar="DIR", help=f"where result.json goes (default: {command.REPORT}); write --report-dir=DIR")


def concerns_checks(config: pytest.Config) -> bool:
    """Whether this run is about the checks, and not about somebody's tests."""
    paths = (Path(config.invocation_params.dir, arg.split("::")[0]).resolve() for arg in config.args)
    return any(path.is_relative_to(CHECKS) for path in paths)


def refuse_foreign_root(config: pytest.Config, args: list[str]) -> None:
    """A folder given as an option's separate value can become pytest's root, with its `pytest.ini` (design, section 2)."""
    named = any(Path(arg.split("::")[0]).resolve().is_relative_to(CHECKS) for arg in args if not arg.startswith("-"))
    if named and config.rootpath != ROOT:
        fixed = _with_equals(args)
        raise pytest.UsageError(
            f"pytest took {config.rootpath} for the project. Type the folder after an equals sign: pytest {shlex.join(fixed)}\n"
            f"pytest 把 {config.rootpath} 当成了项目目录。目录要写在等号后面：pytest {shlex.join(fixed)}"
        )


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
        raise pytest.UsageError("the checks share one set-up and run in one process: leave out -n\n检查共用一个环境，只能单进程运行：去掉 -n")
    chosen = [name for name in ("--fix", "--fix-plan", "--undo") if config.getoption(name)]
    if len(chosen) > 1:
        both = " and ".join(chosen)
        raise pytest.UsageError(f"{both} exclude each other\n{both.replace(' and ', ' 和 ')} 只能选一个")
    if config.option.mirror is not None and chosen not in (["--fix"], ["--fix-plan"]):
        raise pytest.UsageError("--mirror says where --fix downloads from: add --fix or --fix-plan\n--mirror 指定 --fix 从哪里下载：要和 --fix 或 --fix-plan 一起用")
    if config.option.keep_models and chosen != ["--undo"]:
        raise pytest.UsageError("--keep-models says what --undo leaves: add --undo\n--keep-models 指定 --undo 保留什么：要和 --undo 一起用")
    if config.option.sandbox and config.option.rehearse:
        raise pytest.UsageError("--sandbox and --rehearse exclude each other\n--sandbox 和 --rehearse 只能选一个")
    if config.option.keep and not config.option.rehearse:
        raise pytest.UsageError("--keep goes with --rehearse\n--keep 要和 --rehearse 一起用")
    seat = config.option.seat
    if seat and (Path(seat).name != seat or seat in (".", "..") or "\\" in seat or not seat.isprintable()):
        raise pytest.UsageError("--seat is one folder's name, without / or \\\n--seat 是一个文件夹名，不能含 / 或 \\")
    for option in ("rehearse", "project"):
        folder = getattr(config.option, option)
        if folder and not Path(folder).is_dir():
            raise pytest.UsageError(f"--{option}: no folder {folder}\n--{option}：没有目录 {folder}")
    if config.option.rehearse and not Path(config.option.rehearse, "setup.toml").is_file():
        raise pytest.UsageError(f"--rehearse: no setup.toml in {config.option.rehearse}\n--rehearse：{config.option.rehearse} 里没有 setup.toml")


def again(config: pytest.Config, *more: str) -> str:
    """The command that started this run, as the person typed it, without the options that only choose a face."""
    return " ".join(filter(None, [_start(), command.quoted([*_about(config), *more])]))


def fix(config: pytest.Config) -> str:
    """The command that takes the steps of a plan, from the same mirror."""
    mirror = config.option.mirror
    return again(config, "--fix", *([f"--mirror={mirror}"] if mirror else []))


def _about(config: pytest.Config) -> list[str]:
    """The options that say what is checked: without `--rehearse` a copied `--fix` would work on the real machine."""
    option = config.option
    valued = [("rehearse", option.rehearse), ("keep", option.keep), ("project", option.project), ("model", option.model)]
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
