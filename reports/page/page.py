"""`report.html`: one run on one page, made from its result alone. What to do comes first, what was seen after it."""
from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from checks.judging.finding import NEEDS_A_HAND
from checks.judging.pitfalls import load
from reports.page.template import cleaned, environment
from reports.proof import by_place
from reports.words.words import SYSTEMS, opens_on

SHOWN, HANDED = 20_000, 4_000
"""Characters of one check's evidence on the page, and in the text for a helper; `result.json` has it all."""
Result = Mapping[str, Any]


def render(result: Result) -> str:
    """The page of a result (design section 5). No verdict of its own: it shows the one that is there."""
    result = cleaned(result)
    checks = {one["id"]: one for one in result["checks"]}
    headline = _headline(result, checks)
    return environment().get_template("report.html.j2").render(**_shown(result, checks, headline)).lstrip()


def _shown(result: Result, checks: Mapping[str, Result], headline: str) -> dict[str, Any]:
    """All that the template asks for."""
    with_evidence = [one for one in result["checks"] if one["evidence"]]
    return {
        "result": result,
        "checks": checks,
        "first": checks.get(result["first"] or ""),
        "headline": headline,
        "lead": _lead(result, headline),
        "opens_on": opens_on(result),
        "looked": result["run"]["mode"] != "undo" or any(one["status"] != "not-run" for one in result["checks"]),
        "points": [one for one in result["checks"] if one["checkpoint"]],
        "steps": _by_step(result["checks"]),
        "facts": dict(_facts(result)),
        "proof": (measured := result.get("proof")),
        "closing": by_place(measured["closing"]) if measured else {},
        "pitfalls": load(),
        "evidence": {one["id"]: _cut(plain(one["evidence"]), SHOWN) for one in with_evidence},
        "bundle": bundle(result),
        "lines": _diff_lines,
        "needs_a_hand": NEEDS_A_HAND,
    }


def _headline(result: Result, checks: Mapping[str, Result]) -> str:
    """Which of the headlines says what the result's own fields say."""
    mode, verdict, first = result["run"]["mode"], result["verdict"], checks.get(result["first"] or "")
    if mode in ("fix-plan", "undo"):
        return str(mode)
    if verdict == "passed":
        return "passed"
    if verdict == "failed":
        return {"failed": "failed", "crashed": "crashed"}.get(first["status"] if first else "", "not-passed")
    if result["run"]["exit"] in (2, None):
        return "interrupted"
    return "selected" if result["run"]["selected"] else "incomplete"


def _lead(result: Result, headline: str) -> str:
    """The sentence below the headline, as the words call it."""
    if headline == "passed" and result["first"]:
        return "lead-passed-advice"
    if headline in ("fix-plan", "undo") and not result["fixes"]:
        return f"none-{headline}"
    return f"lead-{headline}"


def _by_step(checks: list[Result]) -> dict[int | str, list[Result]]:
    steps: dict[int | str, list[Result]] = {}
    for one in checks:
        steps.setdefault(one["step"], []).append(one)
    return steps


def _facts(result: Result) -> Iterator[tuple[str, str | None]]:
    """Label and value; None where it is not known."""
    machine = result["machine"]
    sizes = {
        name: f"{machine[name]:g} GiB" for name in ("ram_gib", "vram_gib", "disk_free_gib") if machine[name] is not None
    }
    yield "os", SYSTEMS.get(machine["os"], machine["os"])
    yield "arch", machine["arch"]
    yield "cpu_count", None if machine["cpu_count"] is None else str(machine["cpu_count"])
    yield from ((name, sizes.get(name)) for name in ("ram_gib", "vram_gib", "disk_free_gib"))
    yield from result["versions"].items()
    yield "model", result["model"]
    if result["seat"]:
        yield "seat", result["seat"]
    yield "started", when(result["started"])
    yield "seconds", f"{result['seconds']:g} s"


def when(started: str) -> str:
    """`2026-11-23T15:00:00+00:00` as a person writes it."""
    return f"{started[:10]} {started[11:16]} UTC"


def _diff_lines(diff: str) -> list[tuple[str, str]]:
    """Each line of a unified diff with what it is."""
    kinds = {"+": "added", "-": "removed", "@": "place"}
    names = ("+++", "---")
    return [("place" if line.startswith(names) else kinds.get(line[:1], "kept"), line) for line in diff.splitlines()]


def plain(evidence: Mapping[str, Any]) -> str:
    """Evidence as text: a value a line, longer texts indented below their name."""
    return "\n".join(f"{name}: {_plain_value(value)}" for name, value in evidence.items())


def _plain_value(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=1, default=str)
    return "\n    " + text.strip("\n").replace("\n", "\n    ") if "\n" in text else text


def _cut(text: str, most: int) -> str:
    """The head and, where errors tend to be, the end."""
    return text if len(text) <= most else f"{text[: most // 2]}\n[… {len(text) - most} …]\n{text[-most // 2 :]}"


def bundle(result: Result) -> str:
    """All a helper asks for, as one plain text; ids and field names are the same in every language."""
    run, lang = result["run"], result["lang"]
    lines = [
        f"ollama-checkpoints {result['suite']} · lesson {result['lesson']} · {result['started']}",
        f"verdict {result['verdict']} · checkpoints {result['checkpoints']['passed']}/{result['checkpoints']['of']}"
        f" · first {result['first'] or '-'}",
        " · ".join(f"{name} {value}" for name, value in run.items()),
        " · ".join(
            f"{name} {'?' if value is None else value}"
            for name, value in {**result["machine"], **result["versions"]}.items()
        ),
        f"model {result['model'] or '?'}",
        "",
        *(_bundle_line(one, lang) for one in result["checks"]),
    ]
    for one in result["checks"]:
        if one["evidence"]:
            lines += ["", f"--- {one['id']}", _cut(plain(one["evidence"]), HANDED)]
    for fix in result["fixes"]:
        lines += [
            "",
            f"--- fix {fix['check']}: {fix['outcome']}",
            plain({"action": fix["action"][lang], "changed": fix["changed"]}),
        ]
    return "\n".join(lines)


def _bundle_line(one: Result, lang: str) -> str:
    why = one["pitfall"] or (f"by {one['blocked_by']}" if one["blocked_by"] else "")
    found = one["found"][lang] if one["found"] and not one["blocked_by"] else ""
    return f"{one['status']:<8} {one['id']:<17} {why:<22} {found}".rstrip()
