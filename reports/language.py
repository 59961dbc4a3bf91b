"""Which of the two languages a person reads."""
from __future__ import annotations

import locale
import os


def usual() -> str:
    """From the locale: Chinese where it says so, English everywhere else."""
    names = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    name = next(filter(None, names), "") or locale.getlocale()[0] or ""
    return "zh" if name.lower().startswith(("zh", "chinese")) else "en"
