"""Which of the two languages a person reads."""
from __future__ import annotations

import locale
import os
from typing import Any

from fixtures.system.stream import encoding_of, shows

CHINESE = "\u4e2d\u6587"
"""The two characters of "Chinese", which every encoding for Chinese has."""


def usual() -> str:
    """From the locale: Chinese where it says so, English everywhere else."""
    names = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    name = next(filter(None, names), "") or locale.getlocale()[0] or ""
    return "zh" if name.lower().startswith(("zh", "chinese")) else "en"


def shown(lang: str, stream: Any) -> str:
    """The language that can be read on this stream: Chinese needs an encoding that has it."""
    return lang if shows(CHINESE, encoding_of(stream)) else "en"
