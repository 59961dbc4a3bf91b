"""Privacy: what a person types stays on the machine."""
from __future__ import annotations

from checks.judging.finding import Finding, advice, blocked, passed
from checks.judging.graph import check
from fixtures.facts.facts import Facts
from fixtures.ollama.server import address, is_cloud_name
from fixtures.system.proxies import captured
from fixtures.system.sentences import Sentences, Text

text = Sentences.beside(__file__, "sentences/privacy.toml")


@check("stays-local", step="privacy", needs=("config-found",))
def test_stays_local(facts: Facts) -> Finding:
    """What is typed stays here
    输入的内容留在本机"""
    if facts.config.broken or facts.provider is None or not facts.names:
        return blocked("config-valid")  # OpenCode refuses it, or that check tells of the cloud
    for rule in (_cloud_model, _cloud_default, _shared, _proxied):
        if finding := rule(facts):
            return finding
    return passed(text("local"))


def _file(facts: Facts, *path: str) -> dict[str, object]:
    source = facts.config.origin(path)
    line, column = (source.position(path) or (1, 1)) if source else (1, 1)
    return {"file": source.label if source else "", "line": line, "column": column}


def _cloud_model(facts: Facts) -> Finding | None:
    """A `:cloud` model among the choices: one keystroke in `/models` sends everything to ollama.com."""
    for key, name in facts.names.items():
        if is_cloud_name(name):
            at = _file(facts, "provider", facts.provider or "", "models", key)
            return advice("ollama-cloud-model", text("cloud-model", name=name), model=name, **at)
    return None


def _cloud_default(facts: Facts) -> Finding | None:
    """Where OpenCode would go without being asked: `model`, `small_model`, or the last choice in its own screen."""
    provider = facts.provider or ""
    for key in ("model", "small_model"):
        value = facts.config.get(key)
        if isinstance(value, str) and "/" in value and not _local(facts, value.partition("/")[0]):
            found = text("key-is", key=key, value=value)
            at = facts.config.get("provider", value.partition("/")[0], "options", "baseURL")
            if at:  # declared by somebody, who knows
                found = text("key-is-at", key=key, value=value, at=at)
            return _silently(facts, found, value, **_file(facts, key))
    chosen = facts.opencode_default
    if chosen and not _local(facts, chosen[0]):
        value = "/".join(chosen)
        return _silently(facts, text("starts-with", value=value), value, **_file(facts, "provider", provider))
    recent = facts.recent[0] if facts.recent and not facts.config.get("model") else None
    if recent and not _local(facts, recent[0]) and recent[0] not in _hidden(facts):
        value = "/".join(recent)
        found = text("chosen-last", value=value)
        return _silently(facts, found, value, **_file(facts, "provider", provider))
    return None


def _silently(facts: Facts, found: Text, value: str, **values: object) -> Finding:
    more = {"seen": value, "provider": facts.provider, "model": facts.choice.key}
    return advice("cloud-model-chosen-silently", found, **{**values, **more})


def _local(facts: Facts, id: str) -> bool:
    """A provider whose address is this machine's."""
    where = address(str(facts.config.base_url(id) or ""), "config")
    return id == facts.provider or bool(where and where.local)


def _hidden(facts: Facts) -> set[str]:
    """Providers that the config takes off the list."""
    off, only = facts.config.get("disabled_providers"), facts.config.get("enabled_providers")
    hidden = set(off) if isinstance(off, list) else set()
    return hidden | ({id for id, _ in facts.recent} - set(only) if isinstance(only, list) else set())


def _shared(facts: Facts) -> Finding | None:
    if facts.config.get("share") != "auto":
        return None
    return advice("share-enabled", text("shared"), seen="auto", **_file(facts, "share"))


def _proxied(facts: Facts) -> Finding | None:
    proxy = captured(facts.setup.env, str(facts.base_url))
    if not proxy:
        return None
    found = text("proxied", variable=proxy.variable, value=proxy.value)
    return advice("proxy-captures-localhost", found, variable=proxy.variable, seen=proxy.value,
                  address=facts.server.address.url, base_url=str(facts.base_url))
