"""What an OpenCode that refuses nothing passes over: a file, an entry, or a provider that it lists and cannot use."""
from __future__ import annotations

from collections.abc import Iterator

from checks.judging.finding import Finding, advice, failed
from checks.rules.read import OpenCodeRules
from fixtures.jsonc.parse import JsoncError
from fixtures.opencode.config import Keys, Source
from fixtures.system.sentences import Sentences

text = Sentences.beside(__file__, "../sentences/dropped.toml")
PITFALL = "config-dropped-silently"


def dropped_file(rules: OpenCodeRules) -> Finding | None:
    """A syntax error costs the whole file, and nothing says so."""
    if rules.facts.generation.refuses:
        return None
    for source in rules.facts.config.sources:
        if isinstance(source.problem, JsoncError):
            at = {"file": source.label, "line": source.problem.line, "column": source.problem.column}
            return failed(PITFALL, text("file", **at, why=source.problem.words), **at, seen=source.problem.words)
    return None


def dropped_part(rules: OpenCodeRules) -> Finding | None:
    """What the chosen provider, the model, or what may be used at all was to be: without it something else answers."""
    for source, path, why in _parts(rules):
        if _matters(rules, source, path):
            return _finding(source, path, why, failed)
    return None


def dropped_elsewhere(rules: OpenCodeRules) -> Finding | None:
    """Another provider's entry."""
    return next((_finding(source, path, why, advice) for source, path, why in _parts(rules)), None)


def _finding(source: Source, path: Keys, why: str, verdict: object) -> Finding:
    line, column = source.position(path) or (1, 1)
    key = ".".join(map(str, path)) or "{ }"
    at = {"file": source.label, "line": line, "column": column, "key": key}
    found = text("part", **at, why=text(f"expected-{why}") if why else text("by-its-log"))
    return verdict(PITFALL, found, **at, seen=key)  # type: ignore[operator,no-any-return]


def _parts(rules: OpenCodeRules) -> Iterator[tuple[Source, Keys, str]]:
    """By our own reading, with the exact place; then by its log, where that knows of more."""
    known = set()
    for source in rules.facts.config.sources:
        for one in source.dropped:
            known |= {(source.label, one.path[:length]) for length in range(len(one.path) + 1)}
            yield source, one.path, one.expected
    serve = rules.facts.serve
    for source, path, _ in rules.facts.generation.dropped(serve, rules.facts.config) if serve else ():
        if (source.label, path) not in known and not source.problem:
            yield source, path, ""


def _matters(rules: OpenCodeRules, source: Source, path: Keys) -> bool:
    if len(path) < 2 or path[0] not in ("provider", "providers"):
        return not path or path[0] in ("model", "provider", "providers", "enabled_providers", "disabled_providers")
    written = source.document.value[path[0]][path[1]] if source.document else ""
    ours = f":{rules.facts.server.address.port}" in str(written)
    return path[1] in ("ollama", rules.provider) or ours


def not_usable(rules: OpenCodeRules) -> Finding | None:
    """A provider without a package that this OpenCode has or would supply: it is listed, and every chat fails."""
    key = rules.facts.generation.unusable(rules.facts.config, rules.provider) if rules.provider else None
    if not key:
        return None
    at = rules.at("provider", rules.provider or "", key)
    package = rules.facts.config.get("provider", rules.provider or "", key)
    found = text("wrong-package" if package else "no-package", **at, provider=rules.provider, package=package)
    return failed("provider-not-usable", found, **at, provider=rules.provider, key=key, seen=package or "")
