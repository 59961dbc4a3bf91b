"""Results as GitHub's face gets them: a few records of choice, and one in which every text is markup."""
from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reports.ci import summary as github_summary
from reports.redact.redact import Redactor
from reports.result import Collector
from reports.screen import Screen
from tests.support.breaking import HOSTILE

AGAIN = "python3 checks"
EN, ZH = Screen("en"), Screen("zh")


def result(*records: Mapping[str, Any], strict: bool = False, **fields: Any) -> dict[str, Any]:
    """A run's result in which these records stand in for the checks of their id."""
    redactor = Redactor({}, Path("/home/learner"))
    run = {"mode": "verify", "target": "machine", "strict": strict, "selected": False}
    document = copy.deepcopy(Collector(run, "en", None, AGAIN, redactor).result())
    given = {one["id"]: one for one in records}
    document["checks"] = [{**one, **given.get(one["id"], {})} for one in document["checks"]]
    first = next((one["id"] for one in records if one["status"] in ("failed", "crashed", "advice")), None)
    return {**document, "first": first, **fields}


MARKUP = HOSTILE.translate({0: None, 27: None}) + (
    " www.evil.example http://evil.example a@evil.example @e #1 <img src=x onerror=alert(1)> ![x](y) [l](m) ``` "
    "\n# h\n- l\n> q\n| a | b |\n1. x\n~~s~~ **b** _i_ &lt; &#60; </details> <!-- --> $x$ :smile:"
)


def hostile() -> str:
    """The summary of a result in which every text is markup."""
    changed = [{"path": MARKUP, "diff": f"{MARKUP}\n```\n</details>"}]
    fix = {"check": "x", "action": MARKUP, "outcome": "done", "undo": None, "changed": changed}
    crash = record("chat-reply", "crashed", MARKUP, evidence={"error": MARKUP})
    others = (record("server-listening", text=MARKUP), record("config-valid", "advice", MARKUP))
    texts = result(crash, *others, model=MARKUP, seat=MARKUP, fixes=[fix])
    texts["run"]["mode"] = "fix"
    return "\n".join(github_summary.sections(texts, EN, AGAIN))


def record(id: str, status: str = "failed", text: str = "seen", **fields: Any) -> dict[str, Any]:
    both = {"en": text, "zh": text}
    remedy = {"text": both, "commands": [text]}
    told = {"found": both, "why": both, "pitfall": "server-not-running", "remedy": remedy}
    return {"id": id, "status": status, **told, **fields}
