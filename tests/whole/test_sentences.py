"""Every sentence stands in a table, in both languages, and is used as it stands there."""
from __future__ import annotations

import ast
import functools
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from fixtures.system.sentences import VALUE, Sentences, Text, same

ROOT = Path(__file__).resolve().parents[2]
CODE = [file for top in ("checks", "fixtures", "reports") for file in sorted((ROOT / top).rglob("*.py"))
        if "setups" not in file.parts]
TABLES = sorted(file for top in ("checks", "fixtures", "reports") for file in (ROOT / top).rglob("*.toml")
                if file.name == "sentences.toml" or file.parent.name == "sentences")

HAN = re.compile(r"[\u4e00-\u9fff]")
EXCEPTED = {
    "fixtures/python_version.py": "says which Python is needed, to one that cannot read TOML",
    "fixtures/mirror/start/start.py": "runs alone on a bare machine, before anything was fetched",
    "fixtures/bootstrap.py": "says what is missing before anything is installed",
    "fixtures/opencode/chat.py": "the lesson's first sentence: what is sent, whatever language the reader has",
}


def name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


@functools.cache
def entries(table: Path) -> dict[str, dict[str, str]]:
    return tomllib.loads(table.read_text(encoding="utf-8"))


def tables_of(tree: ast.AST, file: Path) -> dict[str, Path]:
    """Name in the module -> the table that it reads: `text = Sentences.beside(__file__, "…")`."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and ast.unparse(node.value).startswith("Sentences.beside("):
            assert isinstance(node.value, ast.Call)
            named = [ast.literal_eval(one) for one in node.value.args[1:]]
            table = named[0] if named else "sentences.toml"
            found[ast.unparse(node.targets[0])] = (file.parent / table).resolve()
    return found


def uses(file: Path) -> Iterator[tuple[Path, str, set[str] | None]]:
    """Table, key and names of the values of every sentence a module asks for; None where they come as a mapping."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    tables = tables_of(tree, file)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in tables and node.args:
            table, names = tables[ast.unparse(node.func)], {word.arg for word in node.keywords}
            for key in keys_of(node.args[0], table):
                yield table, key, None if None in names else names  # type: ignore[misc]


def keys_of(expression: ast.expr, table: Path) -> list[str]:
    """The key, or those it may be.

    Both of `"a" if … else "b"`, every `unreadable-…` of `f"unreadable-{reason}"`, any of the table's for a name.
    """
    if isinstance(expression, ast.IfExp):
        return keys_of(expression.body, table) + keys_of(expression.orelse, table)
    if isinstance(expression, ast.Constant):
        return [str(expression.value)]
    if not isinstance(expression, ast.JoinedStr):
        return list(entries(table))
    pattern = "".join(re.escape(part.value) if isinstance(part, ast.Constant) else ".+" for part in expression.values)
    return [key for key in entries(table) if re.fullmatch(pattern, key)] or [pattern]


@pytest.mark.parametrize("table", TABLES, ids=name)
def test_a_table_has_both_languages_with_the_same_values(table: Path) -> None:
    for key, entry in entries(table).items():
        assert set(entry) == {"en", "zh"}, key
        assert set(VALUE.findall(entry["en"])) == set(VALUE.findall(entry["zh"])), key


def wrong_uses(file: Path) -> Iterator[str]:
    """Keys that are in no table, and sentences that are not given all their values."""
    for table, key, names in uses(file):
        known = entries(table)
        if key not in known:
            yield f"{key} is not in {table.name}"
        elif names is not None and (missing := set(VALUE.findall(known[key]["en"])) - names):
            yield f"{key} lacks {missing}"


@pytest.mark.parametrize("file", CODE, ids=name)
def test_a_module_asks_for_sentences_that_are_there(file: Path) -> None:
    assert not list(wrong_uses(file))


@pytest.mark.parametrize(("line", "wrong"), [
    ('text("there", name=1)', []),
    ('text("there" if 1 else "nowhere", name=1)', ["nowhere is not in sentences.toml"]),
    ('text("there", nam=1)', ["there lacks {'name'}"]),
    ('text(f"th{2}", name=1)', []),
    ('text(f"no-{2}", name=1)', ["no\\-.+ is not in sentences.toml"]),
])
def test_a_wrong_key_is_found(line: str, wrong: list[str], tmp_path: Path) -> None:
    (tmp_path / "sentences.toml").write_text('[there]\nen = "{name} is there"\nzh = "{name} 在这里"\n', encoding="utf-8")
    (tmp_path / "module.py").write_text(f"text = Sentences.beside(__file__)\n{line}\n", encoding="utf-8")
    assert list(wrong_uses(tmp_path / "module.py")) == wrong


def test_no_sentence_is_unused() -> None:
    used = {(table, key) for file in CODE for table, key, _ in uses(file)}
    assert not [(table.name, key) for table in TABLES for key in entries(table) if (table, key) not in used]


def chinese(code: str) -> list[int]:
    """The lines that hold Chinese, but for the docstrings of checks: their second line is the check's title."""
    found = (node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.FunctionDef))
    checks = [node for node in found if any(ast.unparse(one).startswith("check(") for one in node.decorator_list)]
    titles = {node.body[0].lineno + 1 for node in checks}
    return [number for number, line in enumerate(code.splitlines(), 1) if HAN.search(line) and number not in titles]


@pytest.mark.parametrize("file", [file for file in CODE if not name(file).startswith("reports/")], ids=name)
def test_no_sentence_stands_in_code(file: Path) -> None:
    assert bool(chinese(file.read_text(encoding="utf-8"))) == (name(file) in EXCEPTED)


def test_chinese_in_code_is_found() -> None:
    check = '@check("x", step=1)\ndef test_x():\n    """Ollama starts\n    Ollama 能启动"""\n'
    assert not chinese(check)
    assert chinese(check + "    # 能\n") == [5] and chinese(check.replace("@check", "@other")) == [4]


def test_filling() -> None:
    text = Sentences(ROOT / "checks" / "sentences" / "step3.toml")
    assert text("silent", address="A") == Text("A accepts connections and does not answer", "A 接受连接，但没有应答")
    assert text("silent", address=Text("here", "这里")).zh.startswith("这里")
    with pytest.raises(KeyError):
        text("silent")
    assert same(3) == Text("3", "3")
