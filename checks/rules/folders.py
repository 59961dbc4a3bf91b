"""Where a project or a config lies on Windows, if that place is known to make trouble."""
from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from checks.judging.finding import Finding, advice
from fixtures.facts.facts import Facts
from fixtures.system.sentences import Sentences

text = Sentences.beside(__file__, "../sentences/folders.toml")
SYNCED = ("ONEDRIVE", "ONEDRIVECONSUMER", "ONEDRIVECOMMERCIAL")
"""Variables that OneDrive sets to its folders, the person's and the school's, as Python on Windows spells all names."""
LONGEST, LONG = 260, 200
"""Characters: Windows' own limit (MAX_PATH), and from where on what npm unpacks below a folder does not fit."""


def troublesome(facts: Facts) -> Finding | None:
    """Advice only: most of it works there, until a file is locked, uploaded, or too deep."""
    if facts.setup.pretend.get("os", facts.setup.os) != "windows":
        return None
    for folder in _own(facts):
        if cloud := _synced(facts, folder):
            return advice("onedrive-folder", text("synced", folder=folder, cloud=cloud), text("outside"))
        if len(str(folder)) >= LONG and not facts.long_paths:
            found = text("long", folder=folder, length=len(str(folder)), most=LONGEST)
            return advice("path-too-long", found, text("short", most=LONG))
    return None


def _own(facts: Facts) -> Iterator[Path]:
    """The project, if one is looked at; where the config and the models are."""
    if not facts.setup.in_suite_folder:
        yield facts.setup.project
    yield from (facts.setup.opencode_config, facts.setup.ollama_models)


def _synced(facts: Facts, folder: Path) -> str | None:
    """OneDrive's folder that this one is below."""
    named = (value for name, value in facts.setup.env.items() if name.upper() in SYNCED)
    return next((one for one in named if one and Path(one).is_absolute() and folder.is_relative_to(one)), None)
