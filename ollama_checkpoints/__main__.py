"""`ollama-checkpoints [options]`: the suite as a command. In a checkout the same is `python3 -m ollama_checkpoints`."""
from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
SUITE = HERE / "suite" if (HERE / "suite").is_dir() else HERE.parent
MODULES = {"explain": ("reports", "explain"), "room": ("reports", "room"), "mirror": ("fixtures.mirror",)}
"""Subcommand -> the module that it stands for, and the module's own first word."""


def main() -> int:
    """The exit code of what was asked for: a subcommand, else pytest on the checks."""
    sys.path.insert(0, str(SUITE))  # before an index's package of the same name
    from fixtures import bootstrap

    module = MODULES.get("".join(sys.argv[1:2]))
    return bootstrap.run_module(module[0], [*module[1:], *sys.argv[2:]]) if module else bootstrap.main("checks")


if __name__ == "__main__":
    sys.exit(main())
