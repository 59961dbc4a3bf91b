"""`python -m reports room DIR -o room.html` and `python -m reports explain [FILE]`."""
from __future__ import annotations

import importlib.util
import os
import sys

from fixtures.system import stream
from reports.language import shown, usual

COMMANDS = ("room", "explain")


def main(argv: list[str]) -> int:
    """The command's own exit code; 4 for wrong usage, as in `pytest checks`."""
    if argv and argv[0] in COMMANDS:
        if importlib.util.find_spec("jinja2") is None:  # a bare Python: the suite's own environment has it
            from fixtures.bootstrap import run_module

            return run_module("reports", argv)
        return int(importlib.import_module(f"reports.{argv[0]}.{argv[0]}").main(argv[1:]))
    from reports.words import words

    asked = argv[:1] in (["-h"], ["--help"])
    to = sys.stdout if asked else sys.stderr
    print(getattr(words.usage("reports"), shown(usual(), to)), file=to)
    return 0 if asked else 4


if __name__ == "__main__":
    stream.forgive(sys.stdout, sys.stderr)
    try:
        code = main(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:  # `… | head`: whoever reads has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        code = 0
    sys.exit(code)
