"""The pitfall table: what goes wrong between a person, OpenCode and a local model, and what to type then."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from fixtures.system import tables
from fixtures.system.sentences import Sentences

said = Sentences.beside(__file__, "../sentences/run.toml")
SECTIONS = ("lesson", "programs", "opencode2", "server", "config", "model", "download", "privacy", "windows", "sound")
"""The files of the table, in its order."""
TABLE = tuple(Path(__file__).parents[1] / "pitfalls" / f"{section}.toml" for section in SECTIONS)

VALUES = frozenset(
    "model near address base_url seen file line column key suggestion version minimum server_version program pid "
    "size free needed window wanted variable provider project again port agent setting "
    "limit what closing room".split()
)
_ALWAYS = {
    "address": "http://127.0.0.1:11434",
    "base_url": "http://127.0.0.1:11434/v1",
    "again": "pytest checks",
    "port": "11434",
}
_TO_EDIT = "~/.config/opencode/opencode.json"
"""In a remedy: where OpenCode's own guide puts the config."""
_IN_COMMANDS = {
    **_ALWAYS,
    "model": "qwen2.5-coder:7b",
    "provider": "ollama",
    "suggestion": "qwen3:4b",
    "needed": "32768",
    "wanted": "8192",
    "program": "opencode-ai",
    "setting": "OLLAMA_HOST",
    "limit": "127.0.0.1:11434",
}
_VALUE = re.compile(r"\{(" + "|".join(sorted(VALUES)) + r")\}")
_EARLIER_MODEL = re.compile(r" --model=\S+(?=.* --model=)")  # `again` may name the one that the remedy replaces
_BETWEEN_CHINESE = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")
_SENTENCE = re.compile(r"(?<=[.:] )|(?<=[。：])")

FETCHED = ("ollama-not-installed", "opencode-not-installed", "model-not-downloaded")
"""What mends these is a download, which a room's mirror and a kit spare."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """A pitfall's texts with the values of one machine; `commands` are for that machine's shell."""

    why: dict[str, str]
    text: dict[str, str]
    commands: list[str]


@dataclass(frozen=True, slots=True)
class Pitfall:
    """One entry of the table; `values` names what its texts can be given, `no_setup` why no set-up folder shows it."""

    id: str
    symptom: dict[str, str]
    why: dict[str, str]
    fix: dict[str, str]
    fixable: bool
    lesson: int | None = None
    commands: dict[str, list[str]] = field(default_factory=dict)
    values: tuple[str, ...] = ()
    no_setup: str | None = None
    cases: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    """What a check saw (a finding's value `case`) -> the `fix` and `commands` that help there instead."""

    def remedy(self, values: Mapping[str, object], os: str, to_edit: str = _TO_EDIT) -> Remedy:
        """Fill in `values` for `os` ("linux", "macos" or "windows"); `to_edit` is the config file that is there.

        What is not known is left out by the sentence or the command, never shown as a gap.
        """
        if case := self.cases.get(str(values.get("case"))):
            return replace(self, cases={}, **case).remedy(values, os, to_edit)
        known = {lang: _in_language(values, lang) for lang in ("en", "zh")}
        return Remedy(
            why={lang: _prose(text, known[lang], lang) for lang, text in self.why.items()},
            text={lang: _prose(text, {"file": to_edit, **known[lang]}, lang) for lang, text in self.fix.items()},
            commands=asked_at(values.get("ollama_host"), self._commands(known["en"], os), os),
        )

    def _commands(self, known: Mapping[str, str], os: str) -> list[str]:
        templates = self.commands.get(os) or self.commands.get("all") or []
        filled = (_filled(template, {**_IN_COMMANDS, **known}) for template in templates)
        return [command for command in filled if command is not None]


def asked_at(host: object, commands: list[str], os: str) -> list[str]:
    """The same, their `ollama …` sent to the server that was found, where this window's would ask another address."""
    if not host or not any(re.match(r"ollama (?!--version)", command) for command in commands):
        return commands
    return [f'$env:OLLAMA_HOST = "{host}"' if os == "windows" else f"export OLLAMA_HOST={host}", *commands]


def _in_language(values: Mapping[str, object], lang: str) -> dict[str, str]:
    """A value may itself be a sentence in both languages (with fields `en` and `zh`); unknown ones are left out."""
    return {name: str(getattr(value, lang, value)) for name, value in values.items() if value not in (None, "")}


def _filled(template: str, known: Mapping[str, str]) -> str | None:
    if any(name not in known for name in _VALUE.findall(template)):
        return None
    return _EARLIER_MODEL.sub("", _VALUE.sub(lambda match: known[match[1]], template))


def _prose(text: str, known: Mapping[str, str], lang: str) -> str:
    """The sentences of `text` whose values are all known."""
    words = {**_ALWAYS, "model": getattr(said("chosen-model"), lang), **known}
    sentences = [_filled(sentence, words) for sentence in _SENTENCE.split(text)]
    kept = "".join(sentence for sentence in sentences if sentence).strip()
    if lang == "zh":
        return _BETWEEN_CHINESE.sub("", kept)
    first = _VALUE.match(text)
    return kept if first and first[1] in known else kept[:1].upper() + kept[1:]  # a model's name keeps its small letter


@cache
def load() -> dict[str, Pitfall]:
    """The whole table by id, in the order of its files."""
    sections = map(tables.read, TABLE)
    return {name: _pitfall(name, entry) for section in sections for name, entry in section.items()}


def _pitfall(name: str, entry: dict[str, object]) -> Pitfall:
    lists = {key: tuple(value) for key, value in entry.items() if isinstance(value, list)}
    return Pitfall(**{"id": name, **entry, **lists})
