"""What a measurement proves: each attempt with its exit, what closes it, and no stronger a sentence than was seen."""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from checks.judging.exits import Exit, ledger
from checks.rules.exit_of import exits_of
from fixtures.facts.facts import Facts
from fixtures.proof.attempt import Attempt
from fixtures.proof.measurement import Measurement
from fixtures.proof.subject import Subject
from fixtures.system.loopback import is_local
from fixtures.system.sentences import Sentences, Text

text = Sentences.beside(__file__, "../sentences/proof.toml")
ALLOWING = {
    "user.max_user_namespaces": "sudo sysctl -w user.max_user_namespaces=15000",
    "kernel.apparmor_restrict_unprivileged_userns": "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
    "kernel.unprivileged_userns_clone": "sudo sysctl -w kernel.unprivileged_userns_clone=1",
}
Table = dict[str, Any]


def prove(facts: Facts, idle: float) -> Table:
    """Measure, and say what that proves: the `proof` of `result.json`."""
    try:
        measured = facts.measured(idle)
    except Exception as error:  # a fault of the suite's must not look like a measurement, nor take the report away
        return _nothing(text("broke", said=f"{type(error).__name__}: {error}"[:300]))
    if measured is None or facts.subject is None:
        return _nothing(text("no-subject"))
    if measured.rung == "none":
        return {**_nothing(text("no-rung")), "passed_over": list(_passed_over(measured))}
    subject = facts.subject
    told = [one for one in measured.attempts if not _stays(one) and not _is_way(one, measured.attempts)]
    rows = [_row(one, subject) for one in told]
    return {
        "rung": measured.rung,
        "ollama": measured.ollama,
        "holds": measured.holds,
        "verdict": _pair(_verdict(measured, rows)),
        "remarks": [_pair(one) for one in _remarks(measured, subject, rows)],
        "passed_over": list(_passed_over(measured)),
        "controls": dict(measured.controls),
        "started": _when(measured.started),
        "ended": _when(measured.ended),
        "idle": measured.idle,
        "sent": [{"to": "/".join((one["provider"], one["model"])), "reply": one["text"]} for one in measured.sent],
        "attempts": rows,
        "closing": list(_closing(rows, facts)),
        "files": [one._asdict() for one in facts.measured_files()],
        "switches": subject.switches,
        "not_judged": subject.not_judged,
    }


def _nothing(verdict: Text) -> Table:
    """Where there was no measurement."""
    return {
        "rung": None,
        "ollama": None,
        "holds": False,
        "verdict": _pair(verdict),
        "remarks": [],
        "passed_over": [],
        "controls": {},
        "started": None,
        "ended": None,
        "idle": 0.0,
        "sent": [],
        "attempts": [],
        "closing": [],
        "files": [],
        "switches": {},
        "not_judged": [],
    }


def _pair(one: Text) -> dict[str, str]:
    return {"en": one.en, "zh": one.zh}


def _when(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _stays(one: Attempt) -> bool:
    """Something that is asked of this machine, and that nobody would have passed on."""
    return one.via is None and is_local(one.to.rpartition(":")[0].strip("[]"))


def _is_way(one: Attempt, every: tuple[Attempt, ...]) -> bool:
    """The connection to a proxy, where what it was asked to pass on is told by itself."""
    return one.via is None and any((other.via or "").startswith(f"{one.to}:") for other in every)


def _row(one: Attempt, subject: Subject) -> Table:
    exits = exits_of(one, subject)
    return {
        "by": one.by, "to": one.to, "asked": one.asked, "tried": one.tried, "first": one.first, "last": one.last,
        "ports": list(one.ports), "via": one.via, "said": list(one.said), "exits": [exit.id for exit in exits],
        "kind": exits[0].kind if exits else "unknown",
    }


def _verdict(measured: Measurement, rows: list[Table]) -> Text:
    if measured.error is not None:
        return text("not-started", program="OpenCode", said=(measured.error.strip().splitlines() or ["?"])[-1][:200])
    for name, held in measured.controls.items():
        if not held:
            return text("control-failed", control=text(f"uncaught-{name}"))
    if measured.lost:
        return text("lost", number=measured.lost)
    seconds, rung = round(measured.ended - measured.started), text(f"rung-{measured.rung}")
    if not rows:
        return text("quiet", seconds=seconds, rung=rung)
    traffic = sum(one["kind"] == "traffic" for one in rows)
    return text("tried", number=len(rows), seconds=seconds, rung=rung, content=len(rows) - traffic, traffic=traffic)


def _remarks(measured: Measurement, subject: Subject, rows: list[Table]) -> Iterator[Text]:
    """What the verdict covers, and what it does not."""
    if not measured.holds:
        return
    rung = text(f"rung-{measured.rung}")
    if measured.ollama == "enforced":
        yield text("scope-idle", rung=rung)
        yield text("scope-looked" if measured.serving else "scope-hidden")
    elif measured.ollama:
        yield text("scope-sampled", rung=rung, other=text(f"rung-{measured.ollama}"))
    else:
        yield text("scope-opencode", rung=rung)
    if measured.rung != "enforced":
        yield text(f"{measured.rung}-covers")
        yield text("provoked-less")
    elif rows:
        yield text("caught")
        yield text("first-only")
    if subject.not_judged:
        yield text("not-judged", names=", ".join(subject.not_judged))
    if not measured.screen:
        yield text("no-screen")
    for one in measured.sent:
        if not one["text"]:
            yield text("no-reply", to="/".join((one["provider"], one["model"])))


def _passed_over(measured: Measurement) -> Iterator[Table]:
    """Each higher rung with the reason why not, and the command that would allow it."""
    for rung, reason, setting in measured.passed_over:
        command = ALLOWING.get(setting or "")
        why = text(f"why-{reason}", setting=setting or "", command=command or "")
        yield {"rung": rung, "why": _pair(why), "setting": setting, "command": command}


def _closing(rows: list[Table], facts: Facts) -> Iterator[Table]:
    """For each exit that was tried, once: what leaves by it, and the lines that close it on this system."""
    done: dict[str, Exit] = {id: ledger()[id] for row in rows for id in row["exits"]}
    values = {"provider": facts.provider or "ollama", "model": facts.choice.key}
    for id, exit in done.items():
        lines = exit.lines(facts.generation.number, facts.setup.os, values)
        yield {"exit": id, "kind": exit.kind, "what": dict(exit.what), "lines": lines}


def left_with_content(proof: Mapping[str, Any]) -> bool:
    """A proof that was asked for and was not given: it does not hold, or something tried to leave with content."""
    return not proof["holds"] or any(one["kind"] != "traffic" for one in proof["attempts"])
