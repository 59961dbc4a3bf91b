"""The ledger of exits (`checks/exits/*.toml`): every way by which something can leave this machine, and what
closes it."""
from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

from fixtures.system import tables

FOLDER = Path(__file__).parents[1] / "exits"
FILES = ("content", "traffic", "ollama")
"""The files of the ledger, in its order."""
KINDS = ("content", "traffic")
_VALUE = re.compile(r"\{(provider|model|name)\}")
_POWERSHELL = '[Environment]::SetEnvironmentVariable("{name}", {value}, "User")'
_SERVICE = (
    "sudo sh -c 'mkdir -p /etc/systemd/system/ollama.service.d && "
    'printf "[Service]\\nEnvironment={name}={value}\\n" > /etc/systemd/system/ollama.service.d/zz-{name}.conf && '
    "systemctl daemon-reload && systemctl restart ollama'"
)
"""Read after the drop-in that `systemctl edit` writes: the last one counts."""
_SET = {
    ("opencode", "linux"): ["export {name}={value}"],
    ("opencode", "macos"): ["export {name}={value}"],
    ("ollama", "linux"): ["{name}={value} ollama serve", _SERVICE],
    ("ollama", "macos"): ["launchctl setenv {name} {value}"],
}
_UNSET = {
    ("opencode", "linux"): ["unset {name}"],
    ("opencode", "macos"): ["unset {name}"],
    ("ollama", "linux"): ["env -u {name} ollama serve", _SERVICE],
    ("ollama", "macos"): ["launchctl unsetenv {name}"],
}
"""Whose environment, on which system -> what is typed; on Windows both are the user's."""


@dataclass(frozen=True, slots=True)
class Exit:
    """One row. `kind`: content (typed text, files, answers) or traffic (only that the program runs).

    `hosts` are patterns of the names it is known by; `checks.rules.exits` adds those that only a config knows.
    `close` as the ledger's first file explains it; `reads` says how its state is known.
    """

    id: str
    program: str
    kind: str
    hosts: tuple[str, ...]
    what: dict[str, str]
    when: dict[str, str]
    reads: tuple[str, ...]
    close: Mapping[str, Any]
    source: str
    generations: tuple[int, ...] = ()
    setup: str | None = None
    no_setup: str | None = field(default=None)

    def concerns(self, generation: int) -> bool:
        """Whether the installed OpenCode (its major version) has this exit; Ollama's and ours are always there."""
        return not self.generations or generation in self.generations

    def config(self, generation: int, values: Mapping[str, str]) -> str | None:
        """The line of a config that closes it, without its braces; None where no config can, or a value is unknown.

        `values["below"]` names the key that what is closed stands below, where version 2 has words of its own there.
        """
        lines = self.close.get("config", {})
        line = lines.get(f"{generation}-{values.get('below')}") or lines.get(str(generation))
        if line is None or any(name not in values for name in _VALUE.findall(line)):
            return None
        return _VALUE.sub(lambda found: json.dumps(values[found[1]], ensure_ascii=False)[1:-1], line)

    def value(self, generation: int, values: Mapping[str, str]) -> dict[str, Any] | None:
        """The same as the object that a config then holds."""
        line = self.config(generation, values)
        return dict(json.loads(f"{{{line}}}")) if line else None

    def commands(self, os: str) -> list[str]:
        """What is typed on `os` (linux, macos or windows), where it is no line of a config."""
        variable, unset = self.close.get("variable"), self.close.get("unset")
        if variable or unset:
            name, _, value = str(variable or unset).partition("=")
            quoted = f'"{value}"' if variable else "$null"
            if os == "windows":
                return [_POWERSHELL.format(name=name, value=quoted)]
            return [line.format(name=name, value=value) for line in (_SET if variable else _UNSET)[self.program, os]]
        return list(self.close.get(os) or self.close.get("all") or [])

    def lines(self, generation: int, os: str, values: Mapping[str, str]) -> list[str]:
        """The line or lines that close it: of the config, else what is typed."""
        line = self.config(generation, values)
        return [line] if line else self.commands(os)


@cache
def ledger() -> dict[str, Exit]:
    """Every exit by its id, in the order of the files."""
    rows = (tables.read(FOLDER / f"{name}.toml") for name in FILES)
    return {id: _exit(id, entry) for row in rows for id, entry in row.items()}


def _exit(id: str, entry: dict[str, Any]) -> Exit:
    lists = {key: tuple(value) for key, value in entry.items() if isinstance(value, list)}
    return Exit(**{"id": id, **entry, **lists})


def known_by(host: str, program: str | None = None) -> list[Exit]:
    """The exits that this host name may belong to, the most telling first; `program` narrows it to whose they are."""
    found = [(rank, exit) for exit in ledger().values() if program in (None, exit.program)
             if (rank := _rank(exit, host.lower().rstrip("."))) is not None]
    return [exit for _, exit in sorted(found, key=lambda pair: pair[0])]


def _rank(exit: Exit, host: str) -> tuple[int, int] | None:
    """A name before a pattern, a long pattern before a short one; None where it is not known by that name."""
    ranks = [("*" in pattern, -len(pattern)) for pattern in exit.hosts if fnmatchcase(host, pattern)]
    return min(((int(pattern), length) for pattern, length in ranks), default=None)
