"""Two set-up folders as one machine, and that machine once the first of the two causes is mended."""
from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from checks.fixing.apply import Fixes
from checks.judging.graph import Judgements
from checks.judging.lesson import download_bytes
from checks.judging.pitfalls import FETCHED
from fixtures.facts.facts import Facts
from fixtures.fix.step import Case, plan
from fixtures.mirror.server import rehearsal_mirror
from fixtures.sandbox.rehearsal import Rehearsal, read_rehearsal
from fixtures.sandbox.sandbox import HEALTHY, Sandbox
from fixtures.system.setup import Setup
from tests.support.pitfall_table import executed
from tests.support.typed import typed

SETUPS = HEALTHY.parent
CONFIG = Path("home", ".config", "opencode", "opencode.json")
SOUND = {(SETUPS / name / CONFIG).read_bytes() for name in ("healthy", "server-not-running")}


def shows(name: str) -> list[tuple[str, str]]:
    """The checks that tell of a folder's cause, each with its pitfall; the one that fails comes first."""
    expect = read_rehearsal(SETUPS / name).expect
    return [*expect.get("failed", {}).items(), *expect.get("advice", {}).items()]


def laid_over(row: Mapping[str, Any], names: list[str], folder: Path) -> Rehearsal:
    """The folders as one, the first on top; a sound config covers nothing."""
    parts = [read_rehearsal(SETUPS / name) for name in names]
    for part in reversed(parts):
        shutil.copytree(part.folder, folder, symlinks=True, dirs_exist_ok=True, copy_function=_copy)
    for file in (file for file in (folder / "home").rglob("opencode.json*") if file.is_file()):
        content = file.read_text(encoding="utf-8")
        for old, new in row.get("put", ()):
            content = content.replace(old, new)
        file.write_text(content, encoding="utf-8")
    merged = {name: {key: value for part in reversed(parts) for key, value in getattr(part, name).items()}
              for name in ("programs", "server", "env", "machine", "run")}
    merged["server"] |= row.get("server", {})
    return Rehearsal(folder, **merged, files=tuple(file for part in parts for file in part.files))


def _copy(source: str, target: str) -> None:
    if not (Path(target).exists() and Path(source).read_bytes() in SOUND):
        shutil.copy2(source, target)


def opened(machine: Setup, rehearsal: Rehearsal, folder: Path) -> Setup:
    return Sandbox(machine, rehearsal, folder).open("rehearse")


def by_remedy(facts: Facts, judgements: Judgements, first: Mapping[str, Any], folder: Path) -> Setup | None:
    """The machine once the first remedy was followed: typed as printed, or as `--fix` takes it; None where only
    another program, another machine or a choice would mend it."""
    finding = judgements.of(first["id"])
    if executed(first["pitfall"]) == "yes":
        return typed(facts, finding.values, first["remedy"]["commands"], folder)
    mirror = rehearsal_mirror() if finding.pitfall in FETCHED else None
    case = Case(facts, first["id"], first["pitfall"], finding.status, finding.values, mirror, download_bytes)
    fixes = Fixes(judgements)
    taken = fixes.take(first["id"], finding, plan(case))
    fixes.close()
    return facts.setup if taken else None
