"""Each sign left out once: none costs more than it brings."""
from __future__ import annotations

import pytest

from tests.support.earns import worths


@pytest.mark.real
def test_no_sign_does_harm() -> None:
    worth = list(worths())
    assert [one for one in worth if one.lost < -1] == []
    assert sum(one.lost > 0 for one in worth) > 300
