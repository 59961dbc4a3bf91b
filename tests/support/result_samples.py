"""Results of every kind, made by the suite's own collector from the judgements that the checks would give."""
from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from checks.judging.finding import Finding, advice, blocked, failed, passed, skipped
from checks.judging.graph import ORDER
from fixtures.system.sentences import Text, same
from reports.redact.redact import Redactor
from reports.result import Collector

REDACTOR = Redactor({}, Path("/home/nobody-here"), user="nobody-here", host="nowhere-here")
MACHINE = {"os": "linux", "arch": "x86_64", "ram_gib": 15.4, "vram_gib": None, "disk_free_gib": 81.0, "cpu_count": 8}
VERSIONS = {"ollama": "0.34.0", "ollama_server": "0.34.0", "opencode": "1.18.33"}
Result = dict[str, Any]


def collected(
    findings: Mapping[str, Finding], lang: str = "en", exit: int | None = 0, seat: str | None = None, **run: Any
) -> Result:
    """All checks pass but for `findings`; an id with None was not reached."""
    about = {"mode": "verify", "target": "machine", "strict": False, "selected": False, **run}
    collector = Collector(about, lang, seat, "pytest checks", REDACTOR)
    for id in ORDER:
        finding = findings.get(id, passed(same(f"{id} as it should be"), origin="default"))
        if finding is not None:
            collector.take(id, finding, 0.25)
    return {**collector.result(exit), "machine": MACHINE, "versions": VERSIONS, "model": "qwen2.5-coder:7b"}


STOPPED = failed(
    "server-not-running",
    Text("nothing listens on http://127.0.0.1:11434", "http://127.0.0.1:11434 无人监听"),
    address="http://127.0.0.1:11434",
).seen(tried=["127.0.0.1:11434", "[::1]:11434"], answer="refused\nerrno 111")
WAITING = (
    "model-downloaded",
    "model-fits",
    "model-tools",
    "names-agree",
    "chat-reply",
    "context-window",
    "reply-speed",
)
SMALL = advice(
    "context-too-small",
    Text("4096 tokens", "4096 个 token"),
    Text("65536 tokens", "65536 个 token"),
    model="qwen2.5-coder:7b",
)
FIX = {
    "check": "config-valid",
    "action": {"zh": "给 baseURL 加上 /v1", "en": "write /v1 into baseURL"},
    "undo": {"zh": "恢复原来的文件", "en": "puts the former file back"},
    "outcome": "done",
    "changed": [
        {
            "path": "~/.config/opencode/opencode.json",
            "diff": '--- before\n+++ after\n@@ -4 +4 @@\n-  "baseURL": "http://a"\n+  "baseURL": "http://a/v1"\n',
        }
    ],
}


def stopped_server(lang: str = "en", **values: Any) -> Result:
    return collected(
        {"server-listening": STOPPED, **{id: blocked("server-listening") for id in WAITING}}, lang, exit=1, **values
    )


def healthy(lang: str = "en", **values: Any) -> Result:
    return collected({"model-fits": skipped(Text("no sizes here", "这里没有大小"))}, lang, **values)


def opens_online(lang: str = "en", **values: Any) -> Result:
    """Sound, and OpenCode's screen opens on a model of its own."""
    seen = {"screen": "opencode/big-pickle", "model": "ollama/qwen2.5-coder:7b", "file": "~/opencode.json"}
    return collected({"stays-local": passed(same("local model"), **seen)}, lang, **values)


def advised(lang: str = "en", **values: Any) -> Result:
    return collected({"context-window": SMALL}, lang, **values)


def repaired(lang: str = "en") -> Result:
    result = collected({"config-valid": Finding("fixed", same("http://a/v1"))}, lang, mode="fix")
    return {**result, "fixes": [FIX]}


def crashed(lang: str = "en") -> Result:
    return collected(
        {"model-listed": Finding("crashed", Text("the check broke", "检查出错"), evidence={"error": "KeyError: 'x'"})},
        lang,
        exit=1,
    )


def interrupted(lang: str = "en", **values: Any) -> Result:
    return collected(dict.fromkeys(ORDER[6:]), lang, exit=2, **values)


def planned(lang: str = "en") -> Result:
    result = stopped_server(lang, mode="fix-plan")
    return {**result, "fixes": [{**FIX, "outcome": "planned"}]}


def undone(lang: str = "en") -> Result:
    result = collected(dict.fromkeys(ORDER), lang, mode="undo")
    return {**result, "fixes": [{**FIX, "check": "", "outcome": "undone", "undo": None}]}


def measured(lang: str = "en") -> Result:
    """A run with `--prove`: an attempt of every kind."""
    proof = json.loads(Path(__file__).with_name("measured.json").read_text(encoding="utf-8"))
    return {**healthy(lang), "proof": proof}


ALL = {
    made.__name__: made
    for made in (stopped_server, healthy, advised, repaired, crashed, interrupted, planned, undone, measured)
}

OURS = frozenset("id step status blocked_by first lang verdict started mode target os outcome check".split())
"""Fields that hold one of the suite's own words."""
HOSTILE = (
    "<script>document.title='hit'</script>",
    '"><img src=x onerror="document.title=\'hit\'">',
    "</style></pre><h1>hit</h1>",
    "{{ 7 * 7 }}{% raw %}",
    "\u202egnp.exe\u2066\u200f",
    "\x1b[31m\x00\x07\x9b2J",
    "javascript:alert(1)",
    "\ud800",
    "שלום עולם",
    "é" * 60,
    "x" * 1_000_000,
    "很长" * 5_000,
    "a/" * 2_000,
)


def hostile(lang: str = "en") -> Result:
    """Every text that a stranger could have written is an attack, as if nothing had been redacted."""
    result = stopped_server(lang)
    texts = iter(HOSTILE * 50)

    def attack(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: attack(one, name) for name, one in value.items()}
        if isinstance(value, list):
            return [attack(one, key) for one in value]
        return next(texts) if isinstance(value, str) and key not in OURS else value

    attacked = attack({**result, "fixes": [FIX], "seat": "x", "model": "x"})
    for one in attacked["checks"]:
        one["evidence"] = {text: text for text in HOSTILE[:7]}
    return attacked
