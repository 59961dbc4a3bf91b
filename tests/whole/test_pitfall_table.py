"""docs/pitfalls.md says what the tables say."""
from __future__ import annotations

from checks.judging.pitfalls import load
from tests.support.pitfall_table import FILE, executed, text


def test_the_page_is_the_tables() -> None:
    told = FILE.read_text(encoding="utf-8")
    assert told == text(), "write it anew: python -m tests.support.pitfall_table"
    assert all(f"| `{id}` |" in told for id in load())


def test_why_a_remedy_is_not_typed() -> None:
    assert executed("base-url-missing-v1") == "yes" and executed("plan-mode") == "nothing to type"
    assert executed("ollama-not-installed").startswith("no: needs the internet")
    assert executed("server-not-answering") == "no: needs root"
