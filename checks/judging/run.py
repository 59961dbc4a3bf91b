"""Of one run: what was asked for, and where the checks leave what the reports read."""
from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from checks.judging.finding import Finding
    from checks.judging.graph import Judgements
    from fixtures.room.profile import Profile

FINDING: pytest.StashKey[Finding] = pytest.StashKey()
"""On an item: what its check found."""
JUDGEMENTS: pytest.StashKey[Judgements] = pytest.StashKey()
"""On the config: every judgement of the run, and its facts."""
SETTLE: pytest.StashKey[Callable[[str], Finding]] = pytest.StashKey()
"""On the config: what judges a check by its id, with its fixes where the person asked for them."""

PROFILE: pytest.StashKey[Profile] = pytest.StashKey()
"""On the config: what the room says that `--room` names."""


def mode(config: pytest.Config) -> str:
    """`verify`, `fix`, `fix-plan` or `undo`."""
    return next((name for name in ("fix", "fix-plan", "undo") if config.getoption(f"--{name}")), "verify")
