"""CONTRIBUTING.md: its rooms are the tree's, and each of its recipes works as it is written."""
from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.support.recipes import PAGE, blocks, carry_out, copy_of_the_tree, pytest_in, python

RECIPES = ["A sentence", "A check", "A pitfall", "A fix", "A set-up"]
NAMED = '{\n  // mine\n  "$schema": "https://opencode.ai/config.json"\n}\n'
UNNAMED = '{\n  // mine\n  "username": "me"\n}\n'
JUDGED = """
import sys
from pathlib import Path
from checks.judging.graph import checks
from fixtures.fix.step import Case, plan
from tests.support.config_homes import Home
home = Home(Path(sys.argv[1]))
home.write(sys.stdin.read())
facts = home.facts()
finding = checks()["schema-named"].judge(facts)
print(finding.status, finding.pitfall, finding.found.en)
for step in plan(Case(facts, "schema-named", finding.pitfall or "", finding.status, finding.values)):
    print(step.words.en, step.changes[0].after.decode(), sep="\\n")
"""
"""In the copy: what the new check says of a config, and the steps of the new fix."""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy in which every recipe was carried out."""
    copy = copy_of_the_tree(tmp_path_factory.mktemp("tree"))
    for block in blocks():
        carry_out(block, copy)
    return copy


def test_there_are_five_recipes() -> None:
    assert list(dict.fromkeys(block.heading for block in blocks())) == RECIPES


def test_the_rooms_are_the_trees_with_their_own_sentences() -> None:
    told = dict(re.findall(r"^\| `([\w/]+)` \| (.+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    files = [file for top in ("checks", "fixtures", "reports") for file in (ROOT / top).rglob("__init__.py")]
    rooms = {file.parent.relative_to(ROOT).as_posix(): ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))
             for file in files if "setups" not in file.parts}
    assert told == rooms, "CONTRIBUTING.md has a line for each room: its folder and the first line of its __init__.py"


def test_the_floors_are_those_that_imports_are_held_to() -> None:
    told = re.search(r"^```text\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    tree = ast.parse((ROOT / "tests" / "whole" / "test_rooms.py").read_text(encoding="utf-8"))
    held = [node.value for node in tree.body if ast.unparse(node).startswith("ROOMS = ")]  # type: ignore[attr-defined]
    assert told, "CONTRIBUTING.md shows the ROOMS of test_rooms.py"
    assert told[1].splitlines() == list(ast.literal_eval(held[0]))


def test_a_sentence(tree: Path) -> None:
    """Also: without its table's entry it is missed."""
    pytest_in(tree, "tests/whole/test_sentences.py", "-k", "step4 or unused")
    table = tree / "checks" / "sentences" / "step4.toml"
    whole = table.read_text(encoding="utf-8")
    table.write_text(whole.replace("[schema-named]", "[another]"), encoding="utf-8")
    try:
        with pytest.raises(AssertionError, match="schema-named is not in step4.toml"):
            pytest_in(tree, "tests/whole/test_sentences.py", "-k", "step4")
    finally:
        table.write_text(whole, encoding="utf-8")


def test_a_check(tree: Path, tmp_path: Path) -> None:
    listed = pytest_in(tree, "-p", "reports.plugin", "checks", "--co")
    assert "checks/test_step4_config.py::test_schema_named" in listed
    assert python(tree, "-c", JUDGED, str(tmp_path / "1"), text=NAMED) == "passed None the config names its schema\n"
    said = python(tree, "-c", JUDGED, str(tmp_path / "2"), text=UNNAMED).splitlines()[0]
    assert said.startswith("advice schema-not-named ") and "opencode.json does not say which schema" in said


def test_a_pitfall(tree: Path) -> None:
    pytest_in(tree, "tests/checks/test_pitfalls.py", "tests/explain/test_signs.py", "-k", "schema-not-named or every")
    found = json.loads(python(tree, "-m", "reports", "explain", "--json", text="opencode.json: no $schema"))
    assert found[0]["pitfall"] == "schema-not-named"


def test_a_fix(tree: Path, tmp_path: Path) -> None:
    _, step, *content = python(tree, "-c", JUDGED, str(tmp_path), text=UNNAMED).splitlines()
    assert step.startswith("name the schema in ") and "  // mine" in content
    assert '"$schema": "https://opencode.ai/config.json"' in "\n".join(content)


def test_a_set_up(tree: Path) -> None:
    """Every pitfall has one, and names only what is there."""
    pytest_in(tree, "tests/whole/test_setups.py", "-m", "not real")


@pytest.mark.real
def test_the_set_up_shows_the_pitfall_and_the_fix_takes_it_away(tree: Path, tmp_path: Path) -> None:
    rehearsed = ("-p", "reports.plugin", "checks", "--rehearse=fixtures/setups/schema-not-named")
    for more, status in ((), "advice"), (("--fix",), "fixed"):
        pytest_in(tree, *rehearsed, f"--report-dir={tmp_path}", *more)
        result = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))
        one = next(one for one in result["checks"] if one["id"] == "schema-named")
        assert (one["status"], one["pitfall"]) == (status, "schema-not-named" if status == "advice" else None)
