"""Which of many slow cases an ordinary run takes."""
from __future__ import annotations

import os
import random
from collections.abc import Sequence
from typing import TypeVar

Case = TypeVar("Case")
SEED = int(os.environ.get("OLLAMA_CHECKPOINTS_SEED", "1118"))


def drawn(cases: Sequence[Case], count: int) -> list[Case]:
    """All with OLLAMA_CHECKPOINTS_ALL=1, else as many of them as that; OLLAMA_CHECKPOINTS_SEED draws others."""
    if os.environ.get("OLLAMA_CHECKPOINTS_ALL"):
        return list(cases)
    return random.Random(SEED).sample(list(cases), count)
