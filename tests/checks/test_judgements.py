"""The checks themselves: their sentences, their graph, and that every pitfall they name is in the table."""
from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from pathlib import Path

import pytest

from checks.judging import graph
from checks.judging.finding import Finding, failed, passed
from checks.judging.graph import ORDER, Check, Judgements, checks, judging_order, run_order
from checks.judging.lesson import lesson, recommended
from checks.judging.models import smaller
from checks.judging.pitfalls import load
from fixtures.facts.facts import Facts
from fixtures.system.sentences import Text

FOLDER = Path(graph.__file__).parents[1]


def test_every_check_of_the_contract() -> None:
    found = checks()
    assert tuple(found) == ORDER
    assert [one.id for one in sorted((one for one in found.values() if one.checkpoint),
                                     key=lambda one: one.checkpoint or 0)] == [
        "ollama-version", "server-listening", "config-valid", "model-listed", "chat-reply"]


@pytest.mark.parametrize("check", checks().values(), ids=lambda check: check.id)
def test_a_check_is_its_sentence(check: Check) -> None:
    assert check.title.en and check.title.en.isascii() and len(check.title.en) <= 44
    assert any("\u4e00" <= char <= "\u9fff" for char in check.title.zh)


@pytest.mark.parametrize("ordered", [run_order, judging_order])
def test_what_a_check_needs_comes_before_it(ordered: Callable[[], list[str]]) -> None:
    order = ordered()
    assert sorted(order) == sorted(ORDER)
    assert all(order.index(need) < order.index(one.id) for one in checks().values() for need in one.needs)


def test_nothing_is_judged_after_the_reply_that_did_not_wait_for_it() -> None:
    order = judging_order()
    assert set(order[order.index("chat-reply") + 1:]) == {"context-window", "reply-speed", "tools-work"}


def pitfall_ids() -> set[str]:
    """The ids that stand in the checks' code, as words of the table's shape in calls that name a pitfall."""
    known, found = set(load()), set()
    for file in FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("failed", "advice") and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    found.add(first.value)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in known:
                found.add(node.value)
    return found


def test_every_pitfall_a_check_names_is_in_the_table() -> None:
    assert pitfall_ids() <= set(load())


def test_judgements_do_not_print_or_assert() -> None:
    for file in (*FOLDER.glob("test_*.py"), *FOLDER.glob("rules/*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        assert not [node for node in ast.walk(tree) if isinstance(node, ast.Assert)], file
        assert not [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "print"], file


def test_a_crash_blocks_what_needs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(facts: Facts) -> Finding:
        raise RuntimeError("broken")

    table = {"a": Check("a", 1, None, (), Text("a", "a"), crash),
             "b": Check("b", 1, None, ("a",), Text("b", "b"), lambda facts: passed(Text("", "")))}
    monkeypatch.setattr(graph, "checks", lambda: table)
    judgements = Judgements(facts=None)  # type: ignore[arg-type]
    assert judgements.of("b").blocked_by == "a"
    with pytest.raises(RuntimeError):
        judgements.of("a")


def test_the_root_of_a_chain_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    table = {
        "a": Check("a", 1, None, (), Text("a", "a"), lambda facts: failed("x", Text("", ""))),
        "b": Check("b", 1, None, ("a",), Text("b", "b"), lambda facts: passed(Text("", ""))),
        "c": Check("c", 1, None, ("b",), Text("c", "c"), lambda facts: passed(Text("", ""))),
    }
    monkeypatch.setattr(graph, "checks", lambda: table)
    assert Judgements(facts=None).of("c").blocked_by == "a"  # type: ignore[arg-type]


@pytest.mark.parametrize(("ram", "vram", "model"), [
    (8, None, "llama3.2:3b"), (None, None, "llama3.2:3b"), (15.6, None, "qwen2.5-coder:7b"),
    (32, 15.7, "qwen2.5-coder:14b"),
    (64, 23.9, "qwen2.5-coder:14b"), (64, 31.8, "qwen2.5-coder:32b"), (128, 48, "qwen2.5-coder:32b"),
    (128, 63.7, "llama3.1:70b"),
    (16, 8, "qwen2.5-coder:7b"), (16, 7.2, "qwen2.5-coder:7b"), (3.7, None, "llama3.2:3b"),
])
def test_hardware_table(ram: float | None, vram: float | None, model: str) -> None:
    assert recommended(ram, vram).model == model


def test_smaller_models_can_take_tools() -> None:
    assert smaller(5 * 10**9) == "qwen3:4b" and smaller(9 * 10**9) == "qwen3:8b" and smaller(10**8) == "llama3.2:3b"
    assert not smaller(10 * 10**9).startswith("gemma2")


def test_the_lessons_numbers_are_all_used() -> None:
    assert set(lesson()) == {"lesson", "minimum", "clock", "disk", "memory", "context", "models", "kv_cache", "tiers"}
    assert set(lesson()["kv_cache"]) == set(lesson()["models"])
    assert inspect.signature(recommended).parameters.keys() == {"ram_gib", "vram_gib"}
