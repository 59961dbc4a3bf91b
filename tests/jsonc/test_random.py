"""Random edits and damage: the value comes out as asked, all else stays, and OpenCode's own reader agrees."""
from __future__ import annotations

import copy
from collections import Counter
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fixtures.jsonc import error
from fixtures.jsonc.edit import Path, remove, rename_key, repair, set_value
from fixtures.jsonc.parse import Node, parse
from tests.support.jsonc_damage import NAMED, STRAY, damaged
from tests.support.jsonc_documents import examples, tidy, values, wild
from tests.support.jsonc_reference import Reference, comparable, reference

__all__ = ["reference"]
ERROR_TEXT = error.text.table


def places(value: Any, path: Path = ()) -> list[Path]:
    """Every path in the value."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, part in pairs for place in places(part, (*path, key)))]


def walk(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


def with_value(value: Any, path: Path, new: Any) -> Any:
    """What `set_value` must come to."""
    if not path:
        return new
    value = copy.deepcopy(value)
    parent, step = walk(value, path[:-1]), path[-1]
    if isinstance(parent, list) and step == len(parent):
        parent.append(new)
    else:
        parent[step] = new
    return value


def comments(text: str, without: list[tuple[int, int]]) -> list[str]:
    """The comments outside those spans."""
    spans = [span for span in parse(text).comments if not any(first <= span[0] < last for first, last in without)]
    return [text[start:end] for start, end in spans]


def holds(longer: str, shorter: str) -> bool:
    """Whether the one is the other with characters taken out, blanks aside."""
    rest = iter("".join(longer.split()))
    return all(char in rest for char in "".join(shorter.split()))


def judge(reference: Reference, text: str, value: Any, kept: list[str]) -> None:
    verdict = reference.read(text)
    assert verdict.first is None
    assert comparable(verdict.value) == comparable(value) == comparable(parse(text).value)
    assert comments(text, []) == kept


def same_frame(before: str, after: str) -> None:
    """Byte order mark, newlines and the end of the file are as they were."""
    assert before.startswith("\ufeff") == after.startswith("\ufeff")
    assert after.endswith(before[len(before.rstrip(" \t\r\n")) :])
    if "\r\n" in before and "\n" not in before.replace("\r\n", ""):
        assert "\n" not in after.replace("\r\n", "")


@examples(150, 10_000)
@given(text=wild() | tidy(), data=st.data())
def test_a_value_is_set_and_all_else_kept(text: str, data: st.DataObject, reference: Reference) -> None:
    document, new = parse(text), data.draw(values)
    path = data.draw(st.sampled_from(places(document.value)))
    there, start, end = walk(document.value, path), document.node(path).start, document.node(path).end
    replaced = [(start, end)]
    if isinstance(there, dict | list) and data.draw(st.booleans()):
        path, replaced = (*path, "新" if isinstance(there, dict) else len(there)), []
    after = set_value(text, path, new)
    judge(reference, after, with_value(document.value, path, new), comments(text, [] if after == text else replaced))
    assert after.startswith(text[:start]) and after.endswith(text[end:])
    assert replaced or holds(after, text)
    same_frame(text, after)


@examples(150, 10_000)
@given(text=wild() | tidy(), data=st.data())
def test_a_member_is_removed_or_renamed_and_all_else_kept(text: str, data: st.DataObject, reference: Reference) -> None:
    document = parse(text)
    paths = places(document.value)[1:]
    assume(paths)
    path, expected = data.draw(st.sampled_from(paths)), copy.deepcopy(document.value)
    value = walk(expected, path[:-1]).pop(path[-1])
    if isinstance(path[-1], str) and data.draw(st.booleans()):
        walk(expected, path[:-1])["新"] = value
        after, gone = rename_key(text, path, "新"), []
    else:
        after, gone = remove(text, path), twins(document.node(path[:-1]), path[-1])
        assert holds(text, after)
    judge(reference, after, expected, comments(text, gone))
    same_frame(text, after)


def twins(parent: Node, step: str | int) -> list[tuple[int, int]]:
    """Where the members of that name are, or that element."""
    return [(node.first, node.end) for i, node in enumerate(parent.children or []) if step in (i, node.key)]


@pytest.mark.parametrize("kinds", [NAMED, STRAY], ids=["named", "stray"])
def test_damage_is_repaired_rightly_or_refused(kinds: list[str], reference: Reference) -> None:
    """Every kind of damage that has a name is repaired more often than not."""
    tally: Counter[tuple[str, str]] = Counter()

    @examples(250, 5_000)
    @given(case=damaged(kinds))
    def each(case: tuple[str, str, str]) -> None:
        text, kind, broken = case
        done = repair(broken)
        if reference.read(broken).first is None:
            assert done is None
            tally[kind, "still legal"] += 1
        elif done is None:
            tally[kind, "refused"] += 1
        else:
            judge(reference, done.text, parse(text).value, comments(text, []))
            assert {change for change, *_ in done.changes} <= set(ERROR_TEXT)
            tally[kind, "right"] += 1

    each()
    print(*(f"{kind:<16}{outcome:<12}{number}" for (kind, outcome), number in sorted(tally.items())), sep="\n")
    assert kinds is STRAY or all(tally[kind, "right"] > tally[kind, "refused"] for kind in NAMED), tally
