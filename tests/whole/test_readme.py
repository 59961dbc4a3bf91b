"""The READMEs say what the code does: commands, options, files, in both languages alike."""
from __future__ import annotations

import re
from pathlib import Path

import pytest

from reports import options
from tests.conftest import ROOT
from tests.support.ledger_table import with_table

OURS = ("checks", "fixtures", "reports", "tests", "ollama_checkpoints", ".ci", ".github")
"""Not whatever else lies here: a `.venv`, somebody's notes."""
READMES = [ROOT / "README.md", ROOT / "README.zh.md"]


class Parser:
    """Takes what `options.add` offers."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def getgroup(self, *names: str) -> Parser:
        return self

    def addoption(self, name: str, **settings: object) -> None:
        self.names.add(name)


@pytest.fixture
def offered() -> set[str]:
    parser = Parser()
    options.add(parser)  # type: ignore[arg-type]
    return parser.names


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_every_option_is_told(readme: Path, offered: set[str]) -> None:
    told = set(re.findall(r"--[a-z][a-z-]+", readme.read_text(encoding="utf-8")))
    assert offered <= told
    mirrors = {"--systems", "--models", "--no-zip", "--ask", "--profile", "--hours", "--show-room"}
    page = {"--roster", "--anonymous"}
    assert told - offered <= {"--co", "--lf", "--junitxml", "--from", "--spec", "--pure", *mirrors, *page}


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_every_file_is_there(readme: Path) -> None:
    text = readme.read_text(encoding="utf-8")
    assert all((ROOT / name).is_file() for name in re.findall(r"\]\(([^)#]+)\)", text))
    assert all((ROOT / word.split("/")[0]).exists()
               for word in re.findall(r"`((?:fixtures|reports|checks)/[^`]*)`", text))


@pytest.mark.parametrize(("readme", "lang"), [*zip(READMES, ("en", "zh"), strict=True)], ids=lambda one: str(one)[-12:])
def test_the_ledger_is_the_datas(readme: Path, lang: str) -> None:
    """`python3 -m tests.support.ledger_table` writes it."""
    text = readme.read_text(encoding="utf-8")
    assert text == with_table(text, lang) and "`model-catalogue`" in text


def commands(readme: Path) -> list[str]:
    text = readme.read_text(encoding="utf-8")
    return [code.strip() for code in re.findall(r"^```\w*\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)]


def test_both_languages_give_the_same_commands() -> None:
    english, chinese = map(commands, READMES)
    assert english == chinese and english[0].splitlines() == ["python3 checks --sandbox", "python3 tests"]


def test_ci_types_the_readmes_test_command() -> None:
    assert "python3 tests" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_nothing_names_a_registry_or_this_machine() -> None:
    hosts = ("n" + "pmjs.", "py" + "pi.org", "python" + "hosted", "proxy" + ".golang", "deb." + "debian")
    kept = {".py", ".toml", ".md", ".yml", ".lock", ".j2", ".json", ".jsonl", ".cmake"}
    tops = (*READMES, *(ROOT / name for name in ("CHANGELOG.md", "pyproject.toml", "requirements.lock", "conftest.py")),
            *(file for name in OURS for file in (ROOT / name).rglob("*")))
    for file in tops:
        if file.suffix in kept and "out" not in file.parts:
            text = file.read_text(encoding="utf-8", errors="replace")
            assert not [host for host in hosts if host in text], file
