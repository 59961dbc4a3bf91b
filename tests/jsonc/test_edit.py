"""Edits and repairs, one of each sort; tests/jsonc/test_random.py makes thousands."""
from __future__ import annotations

import time
from typing import Any

import pytest

from fixtures.jsonc.edit import remove, rename_key, repair, set_value
from fixtures.jsonc.parse import JsoncError, parse

CONFIG = """\
{
  // mine
  "model": "a/b", // the small one
  "provider": {
    "ollama": {
      "models": { "x": {} }
    }
  }
}
"""
ONE_LINE = '{"model": "a/b", "provider": {}}'
SET = [
    (CONFIG, ("model",), "c/d", ('"a/b"', '"c/d"')),
    (CONFIG, ("provider", "ollama", "models"), {"y": {}}, ('{ "x": {} }', '{\n        "y": {}\n      }')),
    (CONFIG, ("provider", "ollama", "models", "y"), {"name": "Y"}, ('"x": {} }', '"x": {}, "y": {"name": "Y"} }')),
    (CONFIG, ("share",), "disabled", ("\n  }\n}", '\n  },\n  "share": "disabled"\n}')),
    (CONFIG, ("provider", "ollama", "options", "baseURL"), "u",
     ("{} }\n", '{} },\n      "options": {\n        "baseURL": "u"\n      }\n')),
    (ONE_LINE, ("provider", "ollama", "npm"), "n", ("{}}", '{"ollama": {"npm": "n"}}}')),
    (ONE_LINE, ("disabled_providers",), ["opencode"], ("{}}", '{}, "disabled_providers": ["opencode"]}')),
    ('{\r\n\t"a": [\r\n\t\t1,\r\n\t],\r\n}', ("a", 1), 2, ("1,", "1,\r\n\t\t2,")),
    ('{\n    "a": 1 /* x */ // y\n}', ("b",), 2, ("1 /* x */ // y", '1, /* x */ // y\n    "b": 2')),
    ("{\n  // \"model\": \"x\"\n}\n", ("model",), "y", ("\n}", '\n  "model": "y"\n}')),
    ("\ufeff{}\r\n", ("model",), "y", ("{}", '{\r\n  "model": "y"\r\n}')),
    ("[]", (0,), 1, ("[]", "[\n  1\n]")),
    ('{"a": 1, "a": 2}', ("a",), 3, ("2", "3")),
]
"""Text, path, value, and the one replacement that makes the new text."""
REMOVE = [
    (CONFIG, ("model",), ('"model": "a/b", ', "")),
    (CONFIG, ("provider",), (CONFIG[CONFIG.index(", // the") : -2], " // the small one\n")),
    (CONFIG, ("provider", "ollama", "models", "x"), ('"x": {} ', "")),
    (ONE_LINE, ("model",), ('"model": "a/b", ', "")),
    (ONE_LINE, ("provider",), (', "provider": {}', "")),
    ('{\n  "a": 1, // x\n  "b": 2\n}', ("b",), (', // x\n  "b": 2\n', " // x\n")),
    ('{\n  "a": 1,\n  "b": 2,\n}', ("b",), ('  "b": 2,\n', "")),
    ("[1, /* x */ 2, 3]", (1,), ("2, ", "")),
    ('{"a": 1, "b": 0, "a": 2}', ("a",), ('"a": 1, "b": 0, "a": 2', '"b": 0')),
]
REPAIR = [
    ('{\n  "a": 1 // x\n  "b": 2\n}', '{\n  "a": 1, // x\n  "b": 2\n}', [("comma-expected", 2, 9)]),
    ('["a" "b"]', '["a", "b"]', [("comma-expected", 1, 5)]),
    ("{'a': ‘x’, “b”: \"it's\"}", '{"a": "x", "b": "it\'s"}',
     [("single-quote", 1, 2), ("curly-quote", 1, 7), ("curly-quote", 1, 12)]),
    ('{"a"："，"，\u3000"b"：【1、 2】}', '{"a":"，", "b":[1, 2]}',
     [("fullwidth", 1, 5), ("fullwidth", 1, 9), ("odd-space", 1, 10), ("fullwidth", 1, 14), ("fullwidth", 1, 15),
      ("fullwidth", 1, 17), ("fullwidth", 1, 20)]),
    ("\ufeff```json\n{\"a\": 1}\n```\n", '\ufeff{"a": 1}\n', [("code-fence", 1, 1), ("trailing-text", 3, 1)]),
    ('{"a": 1}\nPS C>', '{"a": 1}\n', [("trailing-text", 2, 1)]),
    ('{\r\n  "a": {\r\n    "b": 1\r\n', '{\r\n  "a": {\r\n    "b": 1\r\n  }\r\n}\r\n',
     [("close-brace-expected", 3, 11), ("close-brace-expected", 3, 11)]),
    ('{\n  "a": 1 // \n', '{\n  "a": 1 // \n}\n', [("close-brace-expected", 2, 13)]),
    ('{"a": {"b": [1, 2]}', '{"a": {"b": [1, 2]}}', [("close-brace-expected", 1, 20)]),
    ('{\n  "a": {\n    "b": 1\n  }\n}\n}\n', '{\n  "a": {\n    "b": 1\n  }\n}\n\n', [("trailing-text", 6, 1)]),
]
"""Damaged text, repaired text, what was done where."""
REFUSED = [
    '{"a": 1}',  # nothing to repair
    '{"a": {"b": 1, "c": 2}',  # the brace may belong before "c"
    '{"a": {"b": 1}, "c": 2}}',  # either brace may be the extra one
    '{\n  "a": {\n    "b": 1\n  ,\n  "c": 2\n}\n',  # the missing brace is not the last
    '{"a": "say "hi""}',  # quotes inside a string
    "{'it's': 1}",
    "{'a': \"x'}",
    "{“a\": 1}",
    '["a""b"]',
    "[1 2]",
    '{"a": ","\n"b": 2}',  # the comma went into the string
    '{"a": 1 // x, "b": 2,\n"c": 3}',  # a comment that lost its newline
    '{"a": 1 "b"}',
    '{"a": [\u3000]}',  # a number may have stood there
    '{"a": [1, /* x */ \u3000 ]}',
    '{"a": 6553\u3000}',
    '{"a": [6，5536]}',  # one number, or two
    '{\n  "a": 1 // x}',  # the brace is in the comment
    '{"a" 1}',
    '{"a": }',
    '{"a": tru}',
    '{"a": "C:\\models"}',
    '{"a": "x}',
    '{"a": 1}, "b": 2}',  # what follows is a part of the config
    '{"a": 1}\nwords // the end',
    '{"models": {',  # what it held is missing too
    "[[1]",
    "[1]]",
    "here it is:\n{}",
    "",
    "{" * 200,
]


def replaced(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1
    return text.replace(old, new)


@pytest.mark.parametrize(("text", "path", "value", "change"), SET)
def test_set_value(text: str, path: tuple[str | int, ...], value: Any, change: tuple[str, str]) -> None:
    assert set_value(text, path, value) == replaced(text, *change)
    assert parse(set_value(text, path, value)).node(path).value == value


@pytest.mark.parametrize(("text", "path", "change"), REMOVE)
def test_remove(text: str, path: tuple[str | int, ...], change: tuple[str, str]) -> None:
    assert remove(text, path) == replaced(text, *change)


def test_rename_key() -> None:
    assert rename_key('{"a": {"b" /* x */ : 1}}', ("a", "b"), "c") == '{"a": {"c" /* x */ : 1}}'
    assert rename_key('{"a": 1, "a": 2}', ("a",), "b") == '{"b": 1, "b": 2}'


@pytest.mark.parametrize(
    ("error", "edit", "arguments"),
    [
        (TypeError, set_value, (CONFIG, ("model", "x"), 1)),
        (TypeError, set_value, (CONFIG, ("provider", 0), 1)),
        (IndexError, set_value, ("[]", (1,), 1)),
        (KeyError, remove, (CONFIG, ("provider", "x"))),
        (KeyError, rename_key, (CONFIG, ("x",), "y")),
        (ValueError, rename_key, (CONFIG, ("model",), "provider")),
        (TypeError, rename_key, ("[1]", (0,), "x")),
        (JsoncError, set_value, ("{", ("a",), 1)),
        (ValueError, set_value, ("{}", ("a",), float("nan"))),
    ],
)
def test_an_edit_that_cannot_be_made_is_an_error(error: type[Exception], edit: Any, arguments: tuple[Any, ...]) -> None:
    with pytest.raises(error):
        edit(*arguments)


def test_a_value_that_is_there_changes_nothing() -> None:
    assert set_value(CONFIG, ("provider", "ollama", "models"), {"x": {}}) == CONFIG
    assert set_value('{"a": 1}', ("a",), True) == '{"a": true}'


@pytest.mark.parametrize(("text", "after", "changes"), REPAIR)
def test_repair(text: str, after: str, changes: list[tuple[str, int, int]]) -> None:
    done = repair(text)
    assert done and (done.text, done.changes) == (after, changes)


@pytest.mark.parametrize("text", REFUSED)
def test_a_text_with_more_than_one_meaning_is_left_alone(text: str) -> None:
    assert repair(text) is None


HOSTILE = [
    '{"a": 1}}' + "// " * 20_000 + "\nx",
    '{"a": 1}}' + "/* */ " * 20_000 + "\nx",
    "['a' " + "// " * 20_000 + "\n'",
    '{"a": 1 "b" ' + "/**/ " * 20_000 + "1}",
    "[" + "'a'，" * 20_000 + "]",
    "{\n" + '  "a": {\n    "b": 1\n  },\n' * 20_000,
    "{\r" + '  "a": {\r    "b": 1\r  },\r' * 5_000,
    "'" * 200_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=[text[:12] for text in HOSTILE])
def test_a_hostile_text_is_repaired_or_refused_in_time(text: str) -> None:
    """Some four seconds of reading at most, on a slow machine three times that."""
    started = time.monotonic()
    repair(text)
    assert time.monotonic() - started < 15
