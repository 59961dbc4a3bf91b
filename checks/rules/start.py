"""Where a session goes that is started without choosing anything: agent, provider and model as OpenCode takes them."""
from __future__ import annotations

import difflib
from typing import Any

from checks.judging.finding import Finding, advice, blocked, failed, passed, skipped
from checks.rules.rooms import is_here
from fixtures.facts.facts import Facts
from fixtures.ollama.names import near, same_model
from fixtures.ollama.server import address, is_cloud_name
from fixtures.opencode.choice import configured
from fixtures.opencode.default import Default
from fixtures.opencode.markdown import agent_file
from fixtures.opencode.program import has_package
from fixtures.system.sentences import Sentences, Text, same

text = Sentences.beside(__file__, "../sentences/start.toml")
CLOUD = "cloud-model-chosen-silently"


def judge_start(facts: Facts) -> Finding:
    """A failure where nothing would start or it would leave; advice where the model is not there."""
    start = facts.default
    if start is None:
        return skipped(text("not-told"))
    if start.fault == "model-unknown":
        return blocked("model-listed" if not start.provider or is_declared(facts, start) else "names-agree")
    if start.fault:
        return _no_agent(facts, start)
    if by := names_the_machine(facts, start):
        return blocked(by)
    if not is_here(facts, start.url):
        return _elsewhere(facts, start)
    if runs_elsewhere(facts, start.name, start.url):
        return _passed_on(facts, start)
    if facts.is_the_rooms(start.url):
        return skipped(text("rooms", chosen=start.chosen, url=start.url))
    return _here(facts, start)


def names_the_machine(facts: Facts, start: Default) -> str | None:
    """The check that tells of an Ollama on another machine: somebody's own, and one failure is enough for it."""
    if start.fault or is_here(facts, start.url) or not start.url or start.provider != facts.provider:
        return None
    return "config-valid" if facts.server.state == "ollama" else "server-listening"


def elsewhere_on_screen(facts: Facts) -> str:
    """What OpenCode's screen opens on, where that is no model of this machine; `opencode run` takes another.

    It is told and not failed: the lesson's own config is so until its reader has chosen with `/models`, as it says.
    """
    screen = facts.screen
    if screen is None or is_here(facts, screen.url) and not runs_elsewhere(facts, screen.name, screen.url):
        return ""
    return screen.chosen


def place(facts: Facts, path: tuple[str, ...]) -> dict[str, Any]:
    """File, line, column and key of what decides, and which line a remedy has to name (`case`, see the pitfalls)."""
    source = facts.config.origin(path) if path else None
    line, column = (source.position(path) or (1, 1)) if source else (1, 1)
    found: dict[str, Any] = {"file": source.label if source else "", "line": line, "column": column}
    found |= {"key": ".".join(path), "case": path[0] if path else ""}
    if path[:1] == ("agent",) and len(path) > 1:
        found |= {"agent": path[1]}
        found |= {} if source else {"case": "agent-file", "file": str(agent_file(facts.setup, path[1]) or "")}
    return found


def is_declared(facts: Facts, start: Default) -> bool:
    """It stands under the provider's models, and OpenCode leaves it off its list."""
    return start.model in configured(facts.config, start.provider)


def _no_agent(facts: Facts, start: Default) -> Finding:
    at = place(facts, start.path)
    found = text(f"fault-{start.fault}", agent=start.agent, file=at["file"] or text("no-file"))
    return failed("default-agent-wrong", found, text("agent-expected"), **at, seen=start.agent or "agent")


def _elsewhere(facts: Facts, start: Default) -> Finding:
    at = place(facts, start.path)
    values = {"seen": start.chosen, "provider": facts.provider, "model": facts.choice.key}
    at["file"] = at["file"] or _home_of(facts)
    return failed(CLOUD, said(facts, start), text("local-expected"), **{**at, **values})


def runs_elsewhere(facts: Facts, name: str, url: str) -> bool:
    """A cloud model of this Ollama: it takes the message here, and passes it on to ollama.com."""
    where, server = address(url, "config"), facts.server
    if facts.is_the_rooms(url):
        return is_cloud_name(name)
    ours = bool(where and where.local and server.state == "ollama" and where.port == server.address.port)
    return ours and (is_cloud_name(name) or any(one.remote and same_model(one.name, name) for one in facts.models))


def _passed_on(facts: Facts, start: Default) -> Finding:
    if (start.provider, start.model) == (facts.provider, facts.choice.key):
        return blocked("model-downloaded")
    at = place(facts, start.path)
    values = {"model": facts.choice.key, "seen": start.chosen, "provider": facts.provider, "suggestion": ""}
    found = text("passed-on", chosen=start.chosen)
    return failed(CLOUD, found, text("local-expected"), **{**at, "file": at["file"] or _home_of(facts), **values})


def _home_of(facts: Facts) -> str:
    """The file that declares the provider: where a line about the model belongs."""
    source = facts.config.origin(("provider", facts.provider or ""))
    return source.label if source else ""


def said(facts: Facts, start: Default) -> Text:
    """What is taken, by which rule, and where it goes."""
    if not start.url:  # one of OpenCode's own, whose address no config names
        return text("of-its-own", chosen=start.chosen)
    return text(f"by-{start.origin}", chosen=start.chosen, url=start.url, key=".".join(start.path))


def _here(facts: Facts, start: Default) -> Finding:
    """A model of this machine; whether it is there can be told of the server that was found."""
    where, server = address(start.url, "config"), facts.server
    at = place(facts, start.path)
    at |= {} if start.origin == "agent" else {"file": _home_of(facts)}
    values = {"seen": start.chosen, "provider": facts.provider or "", "model": facts.choice.key, "address": start.url}
    if package := _foreign_package(facts, start):
        return advice(
            "default-model-missing", text("other-package", chosen=start.chosen, package=package), **{**at, **values}
        )
    if server.state != "ollama" or _is_there(facts, start):
        return passed(same(start.chosen), origin=start.origin, agent=start.agent)
    if (start.provider, start.model) == (facts.provider, facts.choice.key):
        return blocked("names-agree" if facts.choice.on_server else "model-downloaded")
    same_port = where is not None and where.port == server.address.port
    own = start.provider == facts.provider or same_port  # a provider of another server may have its catalogue's id
    if own and _is_from_catalogue(facts, start):
        return advice(
            "provider-id-taken",
            text("from-catalogue", chosen=start.chosen),
            **{**at, **values, "provider": start.provider},
        )
    found = text("not-there" if same_port else "other-server", chosen=start.chosen, url=start.url)
    return advice("default-model-missing", found, **{**at, **values})


def _is_from_catalogue(facts: Facts, start: Default) -> bool:
    """OpenCode merged its catalogue's models of that id into a declared provider, and one of them wins."""
    return start.provider in facts.config.providers and start.model not in configured(facts.config, start.provider)


def _foreign_package(facts: Facts, start: Default) -> str:
    """Another provider's package that OpenCode would fetch first: where it cannot, the first sentence fails."""
    package = facts.config.package(start.provider, start.model) if start.provider != facts.provider else None
    own = not isinstance(package, str) or package.startswith("@ai-sdk/") or has_package(facts.setup, package)
    return "" if own else str(package)


def _is_there(facts: Facts, start: Default) -> bool:
    where, server = address(start.url, "config"), facts.server.address
    there = bool(where and where.port == server.port and where.local)
    return there and any(same_model(one.name, start.name) for one in facts.models)


def misnamed(facts: Facts) -> Finding | None:
    """The name that OpenCode takes for the first sentence, where no provider has it."""
    start = facts.default
    if not start or start.fault != "model-unknown" or not start.provider or is_declared(facts, start):
        return None
    right = _meant(facts, start)
    named = f"{start.provider}/{start.model}".rstrip("/")
    at = place(facts, start.path)
    found = text("misnamed", **{**at, "seen": named})
    return failed("model-name-mismatch", found, same(right), **{**at, "model": named, "near": right})


def _meant(facts: Facts, start: Default) -> str:
    """The listed name that is nearest; else the model this run is about."""
    ours, fallback = facts.provider or "", f"{facts.provider}/{facts.choice.key}"
    names = {f"{ours}/{key}".lower(): f"{ours}/{key}" for key in configured(facts.config, ours)}
    typed = (start.chosen.rstrip("/") if start.model else start.provider).lower()
    close = difflib.get_close_matches(typed, names, 1, 0.75)
    last = near(typed.rpartition("/")[2].removeprefix(f"{ours.lower()}:"), configured(facts.config, ours))
    return names[close[0]] if close else f"{ours}/{last}" if last else fallback


def other_readers(facts: Facts) -> Finding | None:
    """Titles and summaries: a cloud model gets to read the conversation although another one answers."""
    for reader in facts.readers:
        at = place(facts, reader.path)
        values = {**at, "seen": reader.chosen, "provider": facts.provider, "model": facts.choice.key}
        if not is_here(facts, reader.url):
            return advice(CLOUD, text("reads", key=at["key"], chosen=reader.chosen, url=reader.url), **values)
        if runs_elsewhere(facts, reader.chosen.partition("/")[2], reader.url):
            return advice(CLOUD, text("reads", key=at["key"], chosen=reader.chosen, url="ollama.com"), **values)
    return None
