"""`result.json`: what a run found, put together as it goes. Renderers read this and compute no verdict of their own."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from checks.judging.finding import NEEDS_A_HAND, Finding
from checks.judging.graph import Check, Judgements, checks, run_order
from checks.judging.lesson import lesson
from checks.judging.pitfalls import FETCHED, Pitfall, Remedy, load
from checks.judging.remedies import config_file, not_the_lessons, ollama_host
from checks.judging.urgency import hurts
from fixtures.command import KIT
from fixtures.system.sentences import Text
from fixtures.system.setup import this_system
from reports.redact.redact import Redactor
from reports.words import words

SUITE = "1.0.0"
HOLDS = ("passed", "fixed", "advice")
REQUIRED = frozenset({
    "ollama-version", "opencode-version", "model-downloaded", "model-tools", "server-listening", "config-found",
    "config-valid", "names-agree", "model-listed", "chat-reply", "default-model",
})
"""A run passes when these hold; the others only advise."""


class Collector:
    """Takes what each check found and makes the result of it."""

    def __init__(self, run: Mapping[str, Any], lang: str, seat: str | None, again: str, redactor: Redactor) -> None:
        self.run = dict(run)
        self.lang, self.seat, self.again = lang, seat, again
        self.redactor = redactor
        self.started = datetime.now(UTC)
        self.judgements: Judgements | None = None
        self.began = time.monotonic()
        self._records: dict[str, dict[str, Any]] = {}
        self._shown_exits: tuple[list[dict[str, Any]], list[dict[str, Any]]] = ([], [])

    def look_at(self, judgements: Judgements | None) -> None:
        """From here on the facts are known: also whose home it is, and which secrets its config holds."""
        if judgements and not self.judgements:
            setup, config = judgements.facts.setup, judgements.facts.config
            self.redactor = Redactor(setup.env, setup.home, secrets=config.secrets())
        self.judgements = judgements

    @property
    def os(self) -> str:
        """Whose shell the remedies are typed into, also where nothing has asked for the machine."""
        machine = self._fact("machine")
        if machine:
            return str(machine.os)
        setup = self.judgements.facts.setup if self.judgements else None
        return str(setup.pretend.get("os", setup.os)) if setup else this_system()

    def _fact(self, name: str) -> Any:
        return self.judgements.facts.known(name) if self.judgements else None

    def take(self, id: str, finding: Finding, seconds: float) -> None:
        """Note a judgement, and those it rests on that were not selected."""
        self._records[id] = self._record(checks()[id], finding, seconds)
        for other, judged in self.judgements.known().items() if self.judgements else ():
            if other not in self._records:
                self._records[other] = self._record(checks()[other], judged, 0.0)

    def crashed(self, id: str, seconds: float, error: str) -> None:
        """The check itself broke: that says nothing about the learner's machine."""
        finding = Finding("crashed", words.names("broke"), evidence={"error": error})
        self._records[id] = self._record(checks()[id], finding, seconds)

    def _record(self, check: Check, finding: Finding, seconds: float) -> dict[str, Any]:
        known = load().get(finding.pitfall) if finding.pitfall else None
        remedy = self._remedy(known, finding) if known else None
        if remedy and KIT and finding.pitfall in FETCHED and finding.evidence.get("fix"):  # there may be no network
            remedy = replace(remedy, commands=[f"{self.again} --fix"])
        record = {
            **_blank(check),
            "status": finding.status,
            "seconds": round(seconds, 3),
            "expected": _pair(finding.expected or check.title),
            "found": _pair(finding.found),
            "why": remedy.why if remedy else None,
            "pitfall": finding.pitfall,
            "also": list(finding.also),
            "blocked_by": finding.blocked_by,
            "remedy": {"text": remedy.text, "commands": remedy.commands} if remedy else None,
            "evidence": dict(finding.evidence),
        }
        record = dict(self.redactor.value(record))
        if remedy:  # inside quotes no shell takes ~ for the home
            record["remedy"]["commands"] = [command.replace('"~', '"$HOME') for command in record["remedy"]["commands"]]
        return record

    def _remedy(self, pitfall: Pitfall, finding: Finding) -> Remedy:
        """Filled in for this machine: its shell, its server's address, and the config file that is there."""
        facts = self.judgements.facts if self.judgements else None
        values = {"again": self.again, "ollama_host": ollama_host(facts) if facts else None, **finding.values}
        to_edit = config_file(facts) if facts else None
        remedy = pitfall.remedy(values, self.os, *([to_edit] if to_edit else []))
        why = not_the_lessons(facts, remedy.commands) if facts else None
        told = {lang: f"{said} {getattr(why, lang)}" for lang, said in remedy.text.items()} if why else remedy.text
        return replace(remedy, text=told)

    def record(self, id: str) -> dict[str, Any]:
        """One check's record, redacted."""
        return self._records[id]

    def result(self, exit: int | None = None) -> dict[str, Any]:
        """The whole document of design section 5, redacted."""
        records = [self._records.get(id) or _blank(check) for id, check in checks().items()]
        redact = self.redactor.value
        return {
            "schema": 1, "suite": SUITE, "lesson": lesson()["lesson"], "seat": redact(self.seat), "lang": self.lang,
            "started": self.started.isoformat(timespec="seconds"), "seconds": round(time.monotonic() - self.began, 2),
            "run": {**self.run, "exit": exit},
            "verdict": self._verdict(records),
            "checkpoints": {"passed": sum(one["status"] in HOLDS for one in records if one["checkpoint"]), "of": 5},
            "first": self._first(),
            "machine": self._machine(), "versions": redact(self._versions()),
            "model": redact(choice.name) if (choice := self._fact("choice")) else None,
            "checks": records, "fixes": redact(self.judgements.fixes if self.judgements else []),
            "exits": self._exits(),
            "proof": redact(self.judgements.proof) if self.judgements else None,
        }

    def _exits(self) -> list[dict[str, Any]]:
        """Redacted once, and only what this machine's config and programs say: the rest is the ledger's own words."""
        rows = self.judgements.exits if self.judgements else []
        if self._shown_exits[0] is not rows:
            told = ({key: row[key] for key in ("why", "hosts", "close")} for row in rows)
            shown = [{**row, **dict(self.redactor.value(one))} for row, one in zip(rows, told, strict=True)]
            self._shown_exits = rows, shown
        return self._shown_exits[1]

    def _verdict(self, records: list[dict[str, Any]]) -> str:
        statuses = {one["id"]: one["status"] for one in records}
        if any(status in ("failed", "crashed", "blocked") for status in statuses.values()):
            return "failed"
        if self.run["strict"] and "advice" in statuses.values():
            return "failed"
        whole = all(statuses[id] in (*HOLDS, "skipped") for id in REQUIRED) and not self.run["selected"]
        whole = whole and statuses["server-listening"] != "skipped"  # the room's, which nobody has asked
        return "passed" if whole else "incomplete"

    def _first(self) -> str | None:
        """By what hurts most; of equals, what others need."""
        order = run_order()
        there = [one for id in order if (one := self._records.get(id)) and one["status"] in NEEDS_A_HAND]
        return min(there, key=hurts)["id"] if there else None

    def _machine(self) -> dict[str, Any]:
        machine = self._fact("machine")
        sizes = ("ram_gib", "vram_gib", "disk_free_gib")
        found = {name: getattr(machine, name, None) for name in ("os", "arch", *sizes, "cpu_count")}
        rounded = {name: round(found[name], 1) for name in sizes if found[name] is not None}
        return {**found, **rounded}

    def _versions(self) -> dict[str, str | None]:
        facts = {"ollama": "ollama_program", "ollama_server": "server", "opencode": "opencode_program"}
        return {name: getattr(self._fact(fact), "version", None) for name, fact in facts.items()}


def _blank(check: Check) -> dict[str, Any]:
    return {
        "id": check.id,
        "step": check.step,
        "checkpoint": check.checkpoint,
        "title": _pair(check.title),
        "status": "not-run",
        "seconds": 0.0,
        "expected": None,
        "found": None,
        "why": None,
        "pitfall": None,
        "also": [],
        "blocked_by": None,
        "remedy": None,
        "evidence": {},
    }


def _pair(text: Text) -> dict[str, str]:
    return {"en": text.en, "zh": text.zh}


def write(path: Path, text: str) -> None:
    """Whole or not at all: an interrupted run leaves the file of the check before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def dump(result: Mapping[str, Any], whole: bool = True) -> str:
    """As JSON, for a reader where the run has ended; one line, ten times as fast, while it goes on."""
    return json.dumps(result, ensure_ascii=False, indent=1 if whole else None, default=str) + "\n"
