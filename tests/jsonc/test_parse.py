"""The JSONC reader: the same verdict as OpenCode's own reader, every kind of error at its place."""
from __future__ import annotations

import time

import pytest
from hypothesis import given

from fixtures.jsonc.error import text as words
from fixtures.jsonc.parse import JsoncError, decode, parse
from tests.support.jsonc_documents import examples, mutated, soup, wild
from tests.support.jsonc_reference import Reference, comparable, reference

__all__ = ["reference"]

WRONG = [
    ('{"a": 1 "b": 2}', "comma-expected", 1, 9),
    ('{"a": 1\n"b": 2}', "comma-expected", 2, 1),
    ("[1 2]", "comma-expected", 1, 4),
    ("{a: 1}", "property-name-expected", 1, 2),
    ("{,}", "property-name-expected", 1, 2),
    ('{"a": }', "value-expected", 1, 7),
    ("[1,,]", "value-expected", 1, 4),
    ('{"a" 1}', "colon-expected", 1, 6),
    ('{"a": {"b": 1}\r\n', "close-brace-expected", 2, 1),
    ('{"a": [1}', "close-bracket-expected", 1, 9),
    ('{"a": localhost}', "invalid-symbol", 1, 7),
    ('{"a": True}', "invalid-symbol", 1, 7),
    ('{"a": trues}', "invalid-symbol", 1, 7),
    ("[01]", "invalid-number", 1, 2),
    ("[1.]", "invalid-number", 1, 2),
    ("[.5]", "invalid-number", 1, 2),
    ("{'a': 1}", "single-quote", 1, 2),
    ('{"a": “x”}', "curly-quote", 1, 7),
    ('{"a"：1}', "fullwidth", 1, 5),
    ('{"a": true，}', "fullwidth", 1, 11),
    ('{"a":\u3000"x"}', "odd-space", 1, 6),
    ('{"a": "x}\n', "unterminated-string", 1, 7),
    ('{"a": 1 /* x}', "unterminated-comment", 1, 9),
    ('{"a": "C:\\models"}', "invalid-escape", 1, 10),
    ('{"a": "x\ty"}', "control-character", 1, 9),
    ('{"a": 1}\n}', "trailing-text", 2, 1),
    ('```json\n{"a": 1}\n```', "code-fence", 1, 1),
    ("\ufeff// only a comment\n", "empty", 2, 1),
    ("[" * 100_000, "too-deep", 1, 102),
    (" " * 5_000_000, "too-large", 1, 1),
]
"""Text, kind, line, column."""


@pytest.mark.parametrize(("text", "kind", "line", "column"), WRONG, ids=[wrong[1] for wrong in WRONG])
def test_an_error_has_its_kind_and_place(text: str, kind: str, line: int, column: int) -> None:
    with pytest.raises(JsoncError) as caught:
        parse(text)
    assert (caught.value.kind, caught.value.line, caught.value.column) == (kind, line, column)


@pytest.mark.parametrize(
    ("data", "kind", "line", "column"),
    [
        ('{"a": 1}'.encode("utf-16"), "utf-16", 1, 1),
        ('{"a": 1}'.encode("utf-16-le"), "utf-16", 1, 1),
        ('{"a": 1}'.encode("utf-16-be"), "utf-16", 1, 1),
        ('{\n  "名": 1 /* 你 */}'.encode().replace("你".encode(), "你".encode("gbk")), "not-utf-8", 2, 13),
    ],
)
def test_bytes_that_are_not_utf_8_are_refused(data: bytes, kind: str, line: int, column: int) -> None:
    with pytest.raises(JsoncError) as caught:
        decode(data)
    assert (caught.value.kind, caught.value.line, caught.value.column) == (kind, line, column)


def test_every_kind_has_a_text_in_both_languages_and_a_case_here() -> None:
    assert set(words.table) == {kind for _, kind, *_ in WRONG} | {"utf-16", "not-utf-8"}
    assert all(all(JsoncError(kind, 0, 1, 1).words) for kind in words.table)


def test_a_gbk_file_can_be_read_as_opencode_reads_it() -> None:
    assert parse(decode('{"a": 1} // 你好'.encode("gbk"), replace=True)).value == {"a": 1}


def test_bytes_come_back_as_they_were() -> None:
    data = b'\xef\xbb\xbf{\r\n  "a": "\xe4\xbd\xa0" // \xe5\xa5\xbd\r\n}\r\n'
    assert decode(data).encode() == data
    assert parse(decode(data)).value == {"a": "你"}


def test_positions_are_those_of_an_editor() -> None:
    document = parse('\ufeff{"é": 1,\r\n  "b": {\r    "c": [1,\n  {"d": 2}]}}')
    assert document.position(("é",)) == (1, 2)
    assert document.position(("é",), key=False) == (1, 7)
    assert document.position(("b", "c")) == (3, 5)
    assert document.position(("b", "c", 1)) == (4, 3)
    assert document.position(("b", "c", 1, "d"), key=False) == (4, 9)
    for absent in (("x",), ("b", "c", 2), ("b", 0), ("é", "x")):
        with pytest.raises(KeyError):
            document.position(absent)


def test_of_a_key_given_twice_the_last_counts() -> None:
    document = parse('{"a": {"b": 1,\n"b": 2},\n"c": [{"b": 1}, {"b": 2, "b": 3}], "a": {"b": 4}}')
    assert document.value == {"a": {"b": 4}, "c": [{"b": 1}, {"b": 3}]}
    assert document.position(("a", "b"), key=False) == (3, 47)
    assert document.duplicates == [(("a", "b"), 2, 1), (("c", 1, "b"), 3, 26), (("a",), 3, 36)]


@pytest.mark.parametrize("unit", ["/*", "//", "\\n", "{", '{"":', "'", '"', "[1,"])
def test_a_hostile_text_takes_no_time(unit: str) -> None:
    started = time.monotonic()
    with pytest.raises(JsoncError):
        parse("[" + unit * 400_000)
    assert time.monotonic() - started < 2


def test_a_large_config_is_read_in_time() -> None:
    text = '{"list": [' + '{"key": "value", "number": 12.5},\n' * 7_000 + "]}"
    started = time.monotonic()
    assert len(parse(text).value["list"]) == 7_000
    assert time.monotonic() - started < 5


@examples(300, 10_000)
@given(text=wild())
def test_a_legal_document_has_the_reference_s_value(text: str, reference: Reference) -> None:
    verdict, document = reference.read(text), parse(text)
    assert verdict.first is None
    assert comparable(document.value) == comparable(verdict.value)
    assert [text[start:end] for start, end in document.comments] == [comparable(note) for note in verdict.comments]


@examples(500, 20_000)
@given(text=soup | mutated())
def test_any_text_has_the_reference_s_verdict(text: str, reference: Reference) -> None:
    """And a grammar error is where OpenCode says it is, so that both name the same line."""
    verdict = reference.read(text)
    try:
        value = parse(text).value
    except JsoncError as error:
        assert verdict.first is not None, error
        if error.kind.endswith("-expected"):
            assert error.offset == verdict.first + text.startswith("\ufeff")
    else:
        assert verdict.first is None
        assert comparable(value) == comparable(verdict.value)
