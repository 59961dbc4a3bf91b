"""Privacy: what a person types stays on the machine."""
from __future__ import annotations

from checks.judging.finding import Finding, advice, blocked, passed, skipped
from checks.judging.graph import check
from checks.rules.exits import rules, states, unasked
from checks.rules.ollama_exits import cloud_models
from checks.rules.opencode_exits import share_key
from checks.rules.rooms import goes_to, is_here, proxied, unneeded
from checks.rules.start import elsewhere_on_screen, names_the_machine, other_readers, place, said
from fixtures.facts.facts import Facts
from fixtures.ollama.server import address
from fixtures.opencode.default import Default
from fixtures.system.proxies import captured
from fixtures.system.sentences import Sentences, Text

text = Sentences.beside(__file__, "sentences/privacy.toml")
UNJUDGED = ("own-code", "own-programs", "managed-settings")
"""Exits that may send content and that this suite cannot look into."""
PACKAGE = "@ai-sdk/openai-compatible"
"""What OpenCode takes where a provider of the config names none."""


@check("server-exposed", step="privacy", needs=("server-listening",))
def test_server_exposed(facts: Facts) -> Finding:
    """Ollama serves this machine only
    Ollama 只为本机服务"""
    if facts.server.state != "ollama" and (finding := unneeded(facts)):
        return finding
    here = f"127.0.0.1:{facts.server.address.port}"
    ways = (("ollama-listens", "OLLAMA_HOST", here), ("ollama-origins", "OLLAMA_ORIGINS", "http://localhost"))
    for id, setting, limit in ways:
        seen = rules()[id](facts)
        if seen.state == "open":
            return advice("server-exposed", seen.why, text("this-machine"), seen=seen.why, setting=setting, limit=limit)
    return passed(text("not-exposed"))


@check("stays-local", step="privacy", needs=("config-found",))
def test_stays_local(facts: Facts) -> Finding:
    """What is typed stays here
    输入的内容留在本机"""
    if facts.config.broken or facts.provider is None or not facts.names:
        return blocked("config-valid")  # OpenCode refuses it, or that check tells of the cloud
    if facts.default and (by := names_the_machine(facts, facts.default)):
        return blocked(by)
    for rule in (_cloud_default, _cloud_model, _shared, _proxied, _other_exit):
        if finding := rule(facts):
            return finding
    told, screen = _told(facts), elsewhere_on_screen(facts)
    if screen and not facts.rooms_server:
        file, mine = facts.config.origin(("provider", facts.provider)), f"{facts.provider}/{facts.choice.key}"
        seen = {"screen": screen, "model": mine, "file": file.label if file else ""}
        return passed(text("screen", said=told, screen=screen), **seen)
    return skipped(told) if facts.rooms_server else passed(told)


def _told(facts: Facts) -> Text:
    """What somebody chose on purpose is said, and not scolded; so is code that nobody here can judge."""
    rows = [state for state in states(facts) if state.exit.kind == "content"]
    said = goes_to(facts) if facts.rooms_server else text("local")
    chosen = [state.seen.why for state in rows if state.seen.state == "open" and state.seen.asked == "somebody"
              and state.seen.why != said]
    unjudged = [state.seen.why for state in rows if state.seen.state == "not-judged" and state.exit.id in UNJUDGED]
    if chosen:
        said = text("chosen", said=said, chosen=_listed(chosen))
    return text("unjudged", said=said, unjudged=_listed(unjudged)) if unjudged else said


def _listed(parts: list[Text]) -> Text:
    return Text(", ".join(one.en for one in parts), "，".join(one.zh for one in parts))


def _other_exit(facts: Facts) -> Finding | None:
    """An exit of the ledger by which content leaves although nobody asked for it."""
    state = unasked(facts)
    if state is None:
        return None
    what = Text(state.exit.what["en"], state.exit.what["zh"])
    closing = state.close[0] if state.close else None
    return advice("exit-open", state.seen.why, text("closed-expected"), seen=state.seen.why, what=what, closing=closing)


def _file(facts: Facts, *path: str) -> dict[str, object]:
    source = facts.config.origin(path)
    line, column = (source.position(path) or (1, 1)) if source else (1, 1)
    return {"file": source.label if source else "", "line": line, "column": column}


def _cloud_model(facts: Facts) -> Finding | None:
    """A cloud model among the choices, also one under another name: one keystroke sends everything to ollama.com."""
    for key, name in cloud_models(facts).items():
        at = _file(facts, "provider", facts.provider or "", "models", key)
        at |= {"suggestion": facts.recommend(facts.machine)}
        return advice("ollama-cloud-model", text("cloud-model", name=name), model=name, **at)
    return None


def _cloud_default(facts: Facts) -> Finding | None:
    """Where OpenCode goes without being asked: with the first sentence, and with its title."""
    start = facts.default
    if start and not start.fault and not is_here(facts, start.url) and not _reaches_nobody(facts, start):
        return _silently(facts, said(facts, start), start.chosen, **place(facts, start.path))
    return other_readers(facts) if start else _named_elsewhere(facts)


def _reaches_nobody(facts: Facts, start: Default) -> bool:
    """OpenCode's default package has no address of its own: without one it asks `undefined/chat/completions`."""
    package = facts.config.package(start.provider, start.model) or (PACKAGE if start.provider == "ollama" else "")
    return not start.url and start.provider in facts.config.providers and package == PACKAGE


def _named_elsewhere(facts: Facts) -> Finding | None:
    """Where OpenCode itself cannot be asked: what the config says of `model` and `small_model`."""
    for key in ("model", "small_model"):
        value = facts.config.get(key)
        if isinstance(value, str) and "/" in value and not _local(facts, value.partition("/")[0]):
            at = facts.config.base_url(value.partition("/")[0])
            found = text("key-is-at", key=key, value=value, at=at) if at else text("key-is", key=key, value=value)
            return _silently(facts, found, value, **_file(facts, key), case=key)
    return None


def _silently(facts: Facts, found: Text, value: str, **values: object) -> Finding:
    more = {"seen": value, "provider": facts.provider, "model": facts.choice.key}
    return advice("cloud-model-chosen-silently", found, **{**values, **more})


def _local(facts: Facts, id: str) -> bool:
    """A provider whose address is this machine's."""
    where = address(str(facts.config.base_url(id) or ""), "config")
    return id == facts.provider or bool(where and where.local) or facts.is_the_rooms(facts.config.base_url(id))


def _shared(facts: Facts) -> Finding | None:
    """`share`, its older name `autoshare`, or the variable: each uploads every session."""
    key = share_key(facts)
    return advice("share-enabled", text("shared", key=key), seen="auto", **_file(facts, key)) if key else None


def _proxied(facts: Facts) -> Finding | None:
    proxy = captured(facts.setup.env, str(facts.base_url))
    if not proxy:
        return None
    found = text("proxied", variable=proxy.variable, value=proxy.value)
    return advice("proxy-captures-localhost", found, variable=proxy.variable, seen=proxy.value, **proxied(facts))
