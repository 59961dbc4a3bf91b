"""The words of all faces: in both languages, asked for as they stand in the tables, and one word for one thing."""
from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from fixtures.system import tables
from fixtures.system.sentences import VALUE, Sentences, Text
from reports.words import words

ROOT = Path(__file__).resolve().parents[2]
REPORTS = ROOT / "reports"
FACES = {"names": words.names, "terminal": words.terminal.own, "page": words.page.own, "room": words.room.own,
         "usage": words.usage.own}
CODE = sorted(REPORTS.rglob("*.py"))
TEMPLATES = sorted(REPORTS.rglob("*.j2"))
ASKS = {**{f"words.{face}": face for face in FACES}, "screen.word": "terminal", "screen.label": "terminal", "t": "page",
        "say": "room"}
"""What asks for a word -> the face whose word it is."""
CHINESE = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
DATA = {
    "screen.py": "the characters before which no line breaks",
    "redact/redact.py": "what people call a password, and where a value ends",
    "room/roster.py": "what a school's list calls its columns",
    "redact/spellings.py": "where a name ends",
    "explain/recognise.py": "what a text about a local model names",
    "explain/errors.py": "what programs print",
    "explain/replies.py": "what Windows says of a port",
    "explain/clues.py": "what people write about their machine",
    "explain/telling.py": "what logs and people call trouble",
}
"""The modules in which Chinese characters are no sentence, and what they are."""
Asked = tuple[str, str, set[str]]


def name(file: Path) -> str:
    return file.relative_to(REPORTS).as_posix()


def pattern(part: ast.expr | nodes.Expr) -> list[str]:
    """The keys an expression can stand for, as regular expressions; none where the code alone does not tell."""
    if isinstance(part, ast.IfExp):
        return pattern(part.body) + pattern(part.orelse)
    if isinstance(part, nodes.CondExpr) and part.expr2:
        return pattern(part.expr1) + pattern(part.expr2)
    parts = part.values if isinstance(part, ast.JoinedStr) else part.nodes if isinstance(part, nodes.Concat) else [part]
    told = [one.value for one in parts if isinstance(one, ast.Constant | nodes.Const)]
    return ["".join(re.escape(one.value) if isinstance(one, ast.Constant | nodes.Const) else ".+"
                    for one in parts)] if told else []


def asked_in_code(text: str) -> Iterator[Asked]:
    """Face, key and names of the values of every word that a module asks for."""
    for call in ast.walk(ast.parse(text)):
        if isinstance(call, ast.Call) and call.args and (face := ASKS.get(ast.unparse(call.func))):
            yield from ((face, key, {str(word.arg) for word in call.keywords}) for key in pattern(call.args[0]))


def asked_in_template(text: str) -> Iterator[Asked]:
    """The same of a template."""
    for call in Environment().parse(text).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.args and (face := ASKS.get(call.node.name)):
            yield from ((face, key, {word.key for word in call.kwargs}) for key in pattern(call.args[0]))


def asked(file: Path) -> list[Asked]:
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".j2":
        return list(asked_in_template(text))
    # others `say` as well
    return [one for one in asked_in_code(text) if one[0] != "room" or file.parent.name == "room"]


def table(face: str) -> dict[str, dict[str, str]]:
    """What a face can be asked for."""
    return {**FACES["names"].table, **FACES[face].table}


def faults(asked: list[Asked]) -> Iterator[str]:
    """Keys that are in no table, and words that are given too few values; what `**` gives is not known."""
    for face, key, values in asked:
        met = [entry for known, entry in table(face).items() if re.fullmatch(key, known)]
        if all("None" not in values and set(VALUE.findall(entry["en"])) - values for entry in met):
            yield f"{face}: {key}"


def mentioned(file: Path) -> Iterator[str]:
    """Patterns of all that is written between quotes: some keys are handed on before they are asked for."""
    text = file.read_text(encoding="utf-8")
    yield from re.findall(r"[\"']([a-z_-]+)[\"']", text)
    if file.suffix == ".py":
        made = (key for node in ast.walk(ast.parse(text)) if isinstance(node, ast.JoinedStr) for key in pattern(node))
        yield from (key for key in made if re.match(r"[a-z]{4,}", key))


@pytest.mark.parametrize("face", FACES)
def test_a_table_has_both_languages_with_the_same_values(face: str) -> None:
    for key, entry in FACES[face].table.items():
        assert set(entry) == {"en", "zh"} and all(entry.values()), key
        assert set(VALUE.findall(entry["en"])) == set(VALUE.findall(entry["zh"])), key


def test_every_table_is_some_faces() -> None:
    assert {sentences.file for sentences in FACES.values()} == set((REPORTS / "words").glob("*.toml"))


@pytest.mark.parametrize("file", CODE + TEMPLATES, ids=name)
def test_a_word_that_is_asked_for_is_there(file: Path) -> None:
    assert not list(faults(asked(file)))


@pytest.mark.parametrize("text", ["words.page('nowhere')", "screen.word(f'nowhere-{x}')", "words.room('more')",
                                  "screen.label('seen' if x else 'gone')"])
def test_a_word_that_is_missing_or_lacks_a_value_is_found(text: str) -> None:
    assert list(faults(list(asked_in_code(text))))


def test_no_word_is_unused() -> None:
    files = CODE + TEMPLATES
    used = re.compile("|".join([*(key for file in files for _, key, _ in asked(file)),
                                *(key for file in files for key in mentioned(file))]))
    assert not [(face, key) for face, sentences in FACES.items() for key in sentences.table if not used.fullmatch(key)]


def test_one_thing_is_called_by_one_word() -> None:
    """Capitals aside; a word that a face has of its own differs from the shared one."""
    texts = [(f"{face}.{key}", entry) for face, sentences in FACES.items() for key, entry in sentences.table.items()]
    alike = [(one, other) for (one, a), (other, b) in combinations(texts, 2)
             if a["en"].lower() == b["en"].lower() and a["zh"] == b["zh"]]
    assert alike == [("page.expected", "page.should-be")], "the second stands inside a sentence"


@pytest.mark.parametrize(("family", "path"), [
    ("status-", "$defs status"), ("outcome-", "$defs fix properties outcome"),
    ("note-", "properties run properties target"), ("took-", "properties run properties mode"),
])
def test_every_value_a_result_can_have_has_its_word(family: str, path: str) -> None:
    schema = json.loads((REPORTS / "result.schema.json").read_text(encoding="utf-8"))
    for part in path.split():
        schema = schema[part]
    face = words.terminal if family == "took-" else words.page
    assert all(face(family + value, seconds=1) for value in schema["enum"] if value != "machine")


def test_a_face_calls_what_it_likes_by_a_word_of_its_own() -> None:
    assert words.page("status-passed").en == "passed" and words.terminal("status-passed").en == "ok"
    assert words.terminal("status-fixed") == words.page("status-fixed") == words.names("status-fixed")
    assert words.page("held-up", step=3, name=Text("Server", "S")).zh == "停在第 3 步：S"


@pytest.mark.parametrize("file", CODE, ids=name)
def test_no_sentence_stands_in_code(file: Path) -> None:
    assert bool(CHINESE.search(file.read_text(encoding="utf-8"))) is (name(file) in DATA)


def test_a_table_is_read_when_its_first_word_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Path] = []
    monkeypatch.setattr(tables, "read", lambda file: read.append(file) or {"x": {"en": "a", "zh": "b"}})
    fresh = Sentences(Path("x.toml"))
    assert not read and fresh("x") == fresh("x") == Text("a", "b") and len(read) == 1
