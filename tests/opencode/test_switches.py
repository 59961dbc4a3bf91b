"""OpenCode's own variables: what it takes for a yes, and at what it ends (each value tried with 1.18.33)."""
from __future__ import annotations

import pytest

from fixtures.opencode.switches import is_on, unreadable

SHARE, LSP, FETCH = "OPENCODE_AUTO_SHARE", "OPENCODE_DISABLE_LSP_DOWNLOAD", "OPENCODE_DISABLE_MODELS_FETCH"


@pytest.mark.parametrize(("name", "value", "on"), [
    (SHARE, "yes", True), (SHARE, "on", True), (SHARE, "y", True), (SHARE, "TRUE", True), (SHARE, "0", False),
    (LSP, "1", True), (LSP, "yes", False),
    (FETCH, "TRUE", True), (FETCH, "yes", False), ("OPENCODE_DISABLE_SHARE", "true", True),
    ("OPENCODE_DISABLE_SHARE", "TRUE", False), ("OPENCODE_DISABLE_SHARE", "yes", False),
])
def test_each_is_read_in_its_own_way(name: str, value: str, on: bool) -> None:
    assert is_on({name: value}, name) is on
    assert not is_on({}, name)


def test_only_what_opencode_parses_strictly_can_end_it() -> None:
    env = {SHARE: "TRUE", LSP: "", "OPENCODE_EXPERIMENTAL_OXFMT": "2", FETCH: "what", "OPENCODE_PURE": "off",
           "OPENCODE_EXPERIMENTAL_OUTPUT_TOKEN_MAX": "many", "MY_OPENCODE_PURE": "x"}
    assert unreadable(env) == {SHARE: "TRUE", LSP: "", "OPENCODE_EXPERIMENTAL_OXFMT": "2"}
