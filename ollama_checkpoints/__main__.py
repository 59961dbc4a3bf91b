"""`ollama-checkpoints [options]`: the suite as a command. In a checkout the same is `python3 -m ollama_checkpoints`."""
from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
SUITE = HERE / "suite" if (HERE / "suite").is_dir() else HERE.parent
REPORTS = ("explain", "room")
"""Subcommands of `python -m reports`."""


def main() -> int:
    """The exit code of what was asked for: a subcommand, else pytest on the checks."""
    sys.path.insert(0, str(SUITE))  # before an index's package of the same name
    from fixtures import bootstrap, command

    name = "".join(sys.argv[1:2])
    if name in REPORTS:
        return bootstrap.run_module("reports", sys.argv[1:])
    if name == "mirror":
        from fixtures.mirror.__main__ import main as mirror

        return mirror(sys.argv[2:])
    if command.KIT and not name and sys.stdin and sys.stdin.isatty():
        from fixtures.mirror.guided import guided

        return guided(str(HERE))
    return bootstrap.main("checks")


if __name__ == "__main__":
    sys.exit(main())
