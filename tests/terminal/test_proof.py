"""What a terminal shows of a measurement: every attempt, what closes it, and last what it proves."""
from __future__ import annotations

import pytest

from reports.proof import by_place, lines
from reports.screen import Screen, columns
from tests.support import result_samples as samples


@pytest.mark.parametrize("lang", ("en", "zh"))
def test_every_attempt_is_told_and_the_verdict_comes_last(lang: str) -> None:
    proof = samples.measured(lang)["proof"]
    shown = list(lines(proof, Screen(lang)))
    text = "\n".join(shown)
    assert all(one["to"][:20] in text for one in proof["attempts"])
    assert "".join(proof["verdict"][lang].split())[-10:] == "".join(text.split())[-10:]
    assert all(columns(line) <= 80 for line in shown if not line.startswith("    "))


def test_a_line_that_closes_two_exits_is_told_once_and_those_of_a_config_apart() -> None:
    closing = [{"lines": ['"share": "disabled"', "export A=1"]}, {"lines": ["export A=1"]}]
    assert by_place(closing) == {"config": ['"share": "disabled"'], "shell": ["export A=1"]}


def test_who_did_not_ask_is_told_nothing() -> None:
    assert list(lines(None, Screen("en"))) == []
