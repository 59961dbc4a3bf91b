"""What a task shows: a call that arrived, one that was printed, one that cannot be read, or none, and why."""
from __future__ import annotations

import re

from checks.judging.finding import Finding, advice, passed, skipped
from checks.judging.models import instead_of
from fixtures.facts.facts import Facts
from fixtures.ollama.names import same_model
from fixtures.opencode.task import FILE, Task
from fixtures.system.sentences import Sentences, Text

text = Sentences.beside(__file__, "../sentences/task.toml")
PRINTED = re.compile(
    r'"?(name|tool|function)"?\s*[:=]\s*"?\w+"?\s*,\s*"?(arguments|parameters|input)"?|<tool_call|<function'
    r'|<\|tool_call|\[TOOL_CALLS\]|<invoke\b|"(filePath|oldString|newString)"\s*:',
    re.IGNORECASE,
)
"""A call written out, in the shapes that the families' templates ask for."""
MALFORMED = re.compile(r"error parsing tool call|invalid tool call|failed to parse (the )?tool|tool call arguments",
                       re.IGNORECASE)
TOO_LONG = re.compile(r"exceeds the available context|longer than the context|context length", re.IGNORECASE)
BYTES_A_TOKEN = 5
"""The most that a token of such a prompt stands for: English, and JSON with its brackets."""


def judge_task(facts: Facts, task: Task) -> Finding:
    """The first of the outcomes that fits, with what was sent, read and called as evidence."""
    outcome, found, pitfall = _outcome(facts, task)
    if pitfall is None:
        made = passed(found) if outcome == "changed" else skipped(found)
        return made.seen(**_evidence(task, outcome))
    values = {"model": facts.choice.name, "seen": found, "suggestion": _another(facts),
              "window": facts.loaded.context_length if facts.loaded else None,
              "address": facts.server.address.url}
    return advice(pitfall, found, text("expected", file=FILE), **values).seen(**_evidence(task, outcome))


def _outcome(facts: Facts, task: Task) -> tuple[str, Text, str | None]:
    """Its name, what was seen, and the pitfall."""
    took = {"seconds": f"{task.seconds:.0f}", "file": FILE}
    if task.changed:
        return "changed", text("changed", **took, calls=", ".join(task.calls)), None
    if not task.passages:
        return "not-asked", text("not-asked", said=task.reply.message[:120] or "–"), None
    if MALFORMED.search(task.error) or any(one.malformed for one in task.passages):
        return "malformed", text("malformed", **took), "tool-call-malformed"
    if finding := _cut(facts, task):
        return finding
    if task.timed_out:
        return "timeout", text("timeout", **took, spent=_spent(facts, task)), "slow-reply"
    if task.calls:
        return "unfinished", text("unfinished", **took, calls=", ".join(task.calls)), "no-tool-call"
    said = " ".join(one.text for one in task.passages)
    if PRINTED.search(said):
        return "printed", text("printed", **took), "tool-call-as-text"
    if not said.strip() and any(one.thought for one in task.passages):
        return "thinking", text("thinking", **took), "thinking-only-answer"
    if task.error:
        return "error", text("error", **took, error=task.error[:160]), "unknown-error"
    return "words", text("words", **took), "no-tool-call"


def _another(facts: Facts) -> str:
    """The model that is relied on here; where that is the one that has failed, another one that fits."""
    machine, first = facts.machine, facts.recommend(facts.machine)
    if not same_model(first, facts.choice.name):
        return first
    return instead_of(first, machine.ram_gib, None if machine.unified else machine.vram_gib) or first


def _cut(facts: Facts, task: Task) -> tuple[str, Text, str] | None:
    """Ollama drops the beginning of what does not fit, and counts what it has read."""
    window = facts.loaded.context_length if facts.loaded else None
    first = task.passages[0]
    if TOO_LONG.search(task.error):
        return "cut", text("refused-as-too-long", window=window or "?"), "context-too-small"
    if not window or first.read is None or first.read < 0.4 * window:
        return None
    sent = first.sent // BYTES_A_TOKEN
    if first.read >= min(sent, 0.95 * window) and first.read < 0.95 * window:
        return None
    return "cut", text("cut", sent=max(sent, first.read), read=first.read, window=window), "context-too-small"


def _spent(facts: Facts, task: Task) -> Text:
    """Where the time went: loading, reading the prompt, and writing."""
    load = facts.load.seconds if facts.load else 0.0
    reading = sum(one.first if one.first is not None else one.seconds for one in task.passages)
    writing = sum(one.seconds - one.first for one in task.passages if one.first is not None)
    tokens = sum(one.pieces + one.thoughts for one in task.passages)
    return text("spent", load=f"{load:.0f}", reading=f"{reading:.0f}", writing=f"{writing:.0f}", tokens=tokens)


def _evidence(task: Task, outcome: str) -> dict[str, object]:
    return {
        "outcome": outcome,
        "seconds": round(task.seconds, 1),
        "requests": [
            {"sent_bytes": one.sent, "read_tokens": one.read, "status": one.status, "first_s": one.first,
             "seconds": round(one.seconds, 1), "calls": [call["name"] for call in one.calls.values()],
             "text": one.text[:300], "thought": one.thought[:200], "error": one.error[:300]}
            for one in task.passages[:6]
        ],
        "opencode": task.reply.message[:300],
    }
