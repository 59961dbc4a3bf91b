"""What makes a config fail: OpenCode refuses it, or loses the provider, the model or the address by it.

Everything else it does not know is advice: what the installed OpenCode accepts and works with is no failure.
"""
from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from checks.judging.finding import Finding, advice, failed, passed
from checks.rules.address import slow_name, wrong_address
from checks.rules.dropped import dropped_elsewhere, dropped_file, dropped_part, not_usable
from checks.rules.limit import too_little_room
from checks.rules.lost import holds_the_server
from checks.rules.read import OpenCodeRules
from checks.rules.schema import Problem, objects
from fixtures.facts.facts import Facts
from fixtures.jsonc.parse import JsoncError
from fixtures.opencode.config import Source, is_bundled
from fixtures.opencode.files import Unreadable
from fixtures.opencode.substitute import BadReference, BreakingValue
from fixtures.system.sentences import Sentences, same

text = Sentences.beside(__file__, "../sentences/rules.toml")
CLOUD = "cloud-model-chosen-silently"
"""Without a usable local provider OpenCode goes to its own cloud model, and does not say so (1.18.33, measured)."""


def judge_config(rules: OpenCodeRules) -> Finding:
    """The first rule that has something to say; else passed, with advice on what OpenCode ignores."""
    for rule in RULES:
        if finding := rule(rules):
            return finding
    return too_little_room(rules) or dropped_elsewhere(rules) or _ignored(rules) or slow_name(rules) or _sound(rules)


def _sound(rules: OpenCodeRules) -> Finding:
    url, program = rules.facts.base_url, rules.facts.opencode_program
    found = same(url)
    if rules.facts.schema is None:
        found = text("no-schema", url=url, version=program.version if program else "?")
    return passed(found, sources=[source.label for source in rules.facts.config.sources])


def _unreadable(rules: OpenCodeRules) -> Finding | None:
    source = rules.facts.config.broken
    if not source or not source.problem:
        return None
    if isinstance(source.problem, Unreadable):
        why = text(f"unreadable-{source.problem.reason}")
        found = text("file-and-why", file=source.label, why=why)
        return failed("config-unreadable", found, file=source.label, seen=why)
    problem = source.problem
    at = {"file": source.label, "line": problem.line, "column": problem.column}
    if isinstance(problem, BadReference):
        refuses = rules.facts.generation.refuses
        found = text("bad-reference" if refuses else "bad-reference-no-list", **at, name=problem.name)
        return failed("config-variable-unset", found, **at, variable=problem.name)
    if not rules.facts.generation.refuses and isinstance(problem, JsoncError):
        return dropped_file(rules)
    if isinstance(problem, BreakingValue):
        return failed("config-syntax", text("breaking-value", **at, name=problem.name), **at)
    return failed("config-syntax", text("at-place", **at, seen=problem.words), **at)


def _lost_by_unknown_key(rules: OpenCodeRules) -> Finding | None:
    """An unknown key is a failure where the provider, its address or its models are missing and the key meant them."""
    address_there = bool(rules.facts.base_url)
    for problem in _unknown(rules):
        key, meant = str(problem.path[-1]), problem.suggestion or ""
        # Another provider's keys are nobody's business here.
        own = problem.path[:-1] in (("provider", rules.provider), ("providers", rules.provider))
        lost = (
            (len(problem.path) == 1 and rules.provider is None and (meant == "provider" or key == "providers"))
            or holds_the_server(rules, problem)
            or (own and not address_there and _means_address(key, meant))
            or (own and not rules.models and meant == "models")
        )
        if lost:
            return _unknown_key(problem, failed, also=(CLOUD,) if not rules.models else ())
    return None


def _means_address(key: str, meant: str) -> bool:
    return meant in ("options", "settings") or key.lower().replace("_", "") in ("baseurl", "url", "endpoint", "host")


def _unknown(rules: OpenCodeRules) -> Iterator[Problem]:
    """Unknown keys by the schema, and misspelt ones inside `options`, which the schema leaves open."""
    yield from (problem for problem in rules.problems if problem.kind == "unknown-key")
    for source in rules.facts.config.sources:
        for id, provider in objects(source.value.get("provider")):
            for key in provider.get("options") if isinstance(provider.get("options"), dict) else ():
                if key != "baseURL" and key.lower().replace("_", "") in ("baseurl", "url", "endpoint"):
                    yield Problem("unknown-key", ("provider", id, "options", key), key, source, "baseURL")


def _unknown_key(problem: Problem, verdict: Callable[..., Finding], also: tuple[str, ...] = ()) -> Finding:
    line, column = problem.place
    at = {"file": problem.source.label, "line": line, "column": column, "key": str(problem.path[-1])}
    meant = problem.suggestion
    expected = text("meant", meant=meant) if meant else None
    return verdict("config-unknown-key", text("unknown-key", **at), expected, also, **at, suggestion=meant or "")


def _refused(rules: OpenCodeRules) -> Finding | None:
    """What OpenCode itself refuses: its word counts, the schema only tells where."""
    error = refusal(rules.facts)
    if not error:
        return None
    file = _refused_file(error)
    there = [one for one in rules.problems if one.source.label in error] or ([] if file else rules.problems)
    problem = next((one for one in there if one.kind == "type"), None) or next(
        (one for one in _unknown(rules) if one in there), None
    )
    if problem:
        line, column = problem.place
        at = {"file": problem.source.label, "line": line, "column": column, "key": ".".join(map(str, problem.path))}
        found = text("refused", **at, message=problem.message)
    else:
        at = {"file": file or rules.at("provider")["file"], "line": 1, "column": 1, "key": ""}
        found = same(error[:200])
    return failed("config-schema-invalid", found, **at, seen=found.en).seen(output=error)


def _refused_file(error: str) -> str:
    """An agent's, a command's or a mode's, which OpenCode reads together with the config."""
    found = re.search(r"invalid at (.+?\.md)|\"path\": ?\"([^\"]+\.md)\"", error)
    return found[1] or found[2] if found else ""


def refusal(facts: Facts) -> str | None:
    """What OpenCode said when it refused the config: a global one ends it, a project's makes every answer a 400."""
    said = (facts.serve.error if facts.serve else None) or facts.providers.error or ""
    refusals = ("Configuration is invalid", "ConfigInvalid", "ConfigJson", "not valid JSON")
    return said if any(word in said for word in refusals) else None


def _switched_off(rules: OpenCodeRules) -> Finding | None:
    """`disabled_providers`, an `enabled_providers` without it, or a policy takes the provider away."""
    path = rules.facts.generation.hidden_by(rules.facts.config, rules.provider) if rules.provider else ()
    if not path:
        return None
    at = {**rules.at(*path), "key": ".".join(path)}
    found = text("switched-off", **at, provider=rules.provider)
    return failed("config-overridden", found, also=(CLOUD,), **at, seen=str(rules.facts.config.get(*path)))


def _no_provider(rules: OpenCodeRules) -> Finding | None:
    """Ollama is named, in `model` for example, and declared nowhere."""
    if rules.provider:
        return None
    labels = ", ".join(source.label for source in rules.facts.config.sources)
    found = text("no-provider", labels=labels)
    values = {"base_url": f"{rules.facts.setup.default_url}/v1", "model": rules.facts.choice.name}
    return failed("connect-shows-cloud-only", found, also=(CLOUD,), file=rules.facts.config.sources[-1].label, **values)


def _no_models(rules: OpenCodeRules) -> Finding | None:
    if rules.models or not rules.provider or rules.facts.generation.finds_models(rules.facts.config, rules.provider):
        return None
    at = {**rules.at("provider", rules.provider, "models"), "provider": rules.provider}
    return failed("models-map-missing", text("no-models", **at), also=(CLOUD,), **at, model=rules.facts.choice.name)


def _wrong_limit(rules: OpenCodeRules) -> Finding | None:
    """`limit.output` is sent along as a whole number of tokens: each request ends where it is none."""
    models = objects(rules.facts.config.get("provider", rules.provider or "", "models"))
    for key, value in ((key, one["limit"].get("output")) for key, one in models if isinstance(one.get("limit"), dict)):
        if (
            isinstance(value, int | float)
            and not isinstance(value, bool)
            and (value < 0 or value != int(value))
            and key == rules.facts.choice.key
        ):
            at = {**rules.at("provider", rules.provider or "", "models", key, "limit", "output"), "key": "limit.output"}
            return failed("config-schema-invalid", text("no-whole-number", **at, value=value), **at, seen=str(value))
    return None


def _ignored(rules: OpenCodeRules) -> Finding | None:
    """What OpenCode ignores without a word."""
    for source in rules.facts.config.sources:
        if source.lossy:
            line = (source.text or "").split("\ufffd")[0].count("\n") + 1
            return advice("config-encoding", text("not-utf-8", file=source.label), file=source.label, line=line)
        for path, line, column in source.document.duplicates if source.document else ():
            at = {"file": source.label, "line": line, "column": column, "key": str(path[-1])}
            return advice("config-overridden", text("given-twice", **at), **at, seen=at["key"])
        if finding := _misplaced_window(source, rules.provider or ""):
            return finding
    problem = next(_unknown(rules), None)
    return _unknown_key(problem, advice) if problem else None


def _misplaced_window(source: Source, ours: str) -> Finding | None:
    """`num_ctx` reaches Ollama only through the model or the server: `/v1` has no such option (its openai/openai.go).

    A package for Ollama's own API may well pass it on.
    """
    for id, provider in objects(source.value.get("provider")):
        if id != ours or not is_bundled(provider.get("npm")):
            continue
        models = ((("provider", id, "models", key), model) for key, model in objects(provider.get("models")))
        for path, one in ((("provider", id), provider), *models):
            options = one.get("options")
            if isinstance(options, dict) and "num_ctx" in options:
                line, column = source.position((*path, "options", "num_ctx")) or (1, 1)
                at = {"file": source.label, "line": line, "column": column, "key": "num_ctx"}
                return advice("context-set-in-wrong-place", text("num-ctx", **at), **at)
    return None


RULES = (
    _unreadable,
    dropped_part,
    _lost_by_unknown_key,
    _refused,
    _switched_off,
    _no_provider,
    wrong_address,
    not_usable,
    _no_models,
    _wrong_limit,
)
"""In the order that they speak: what is lost comes before what is wrong."""
