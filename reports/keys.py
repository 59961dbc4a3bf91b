"""Where the checks leave what the reports read."""
from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from checks.finding import Finding
    from checks.graph import Judgements

FINDING = pytest.StashKey["Finding"]()
"""On an item: what its check found."""
JUDGEMENTS = pytest.StashKey["Judgements"]()
"""On the config: every judgement of the run, and its facts."""
SETTLE = pytest.StashKey["Callable[[str], Finding]"]()
"""On the config: what judges a check by its id, with its fixes where the person asked for them."""
