"""A config that lies where OpenCode does not look."""
from __future__ import annotations

from pathlib import Path

from fixtures.facts.facts import Facts
from fixtures.opencode.config import Source

WRONG_PLACES = (
    "~/.local/share/opencode/opencode.json", "~/.local/share/opencode/opencode.jsonc",
    "~/opencode.json", "~/opencode.jsonc",
    "~/.config/opencode.json", "~/.config/opencode.jsonc", "~/.opencode.json", "~/.config/opencode/opencode.json.txt",
    "~/.config/opencode/opencode.jsonc.txt", "~/.config/opencode/opencode.json.json", "~/.config/opencode/opencode",
    "~/.config/opencode/.opencode.json", "~/.config/opencode/config.jsonc", "~/.config/opencode/opencode.yaml",
    "~/.config/OpenCode/opencode.json", "~/.ollama/opencode.json",
    "~/Library/Application Support/opencode/opencode.json", "~/AppData/Roaming/opencode/opencode.json",
    "~/AppData/Local/opencode/opencode.json", "./opencode.json.txt", "./opencode.jsonc.txt", "./config.json",
    "./.opencode.json", "./opencode/opencode.json", "./.opencode/config.json", "./.config/opencode/opencode.json",
)
"""Where people put the file and OpenCode does not look (seen in public threads, each tried with OpenCode 1.18.33)."""


def wrong_place(facts: Facts) -> str | None:
    """A file outside OpenCode's places that speaks of Ollama, however a person writes its path."""
    read = {source.path.resolve() for source in facts.config.sources if source.path}
    starts = {"~": facts.setup.home, ".": facts.setup.project}
    for place in WRONG_PLACES:
        start, _, rest = place.partition("/")
        path = starts[start] / rest
        if (start == "~" or not facts.setup.in_suite_folder) and path.is_file() and path.resolve() not in read:
            if speaks_of_ollama(path):
                return str(path)
    return None


def speaks_of_ollama(file: Path) -> bool:
    with file.open("rb") as opened:
        head = opened.read(65536).replace(b"\0", b"").lower()
    # A project's own config.json may name Ollama too.
    return b"provider" in head and (b"ollama" in head or b"11434" in head)


def mentions_ollama(source: Source, port: int) -> bool:
    """Outside comments, a source that speaks of Ollama but gives no provider has something misspelt in it."""
    value = str(source.value).lower()
    return source.no_object or any(
        word in value for word in ("ollama", ":11434", f":{port}")
    )  # no object: config-valid tells
