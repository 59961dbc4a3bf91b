"""Whether `baseURL` leads to the server that was found, and which pitfall it shows where it does not."""
from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from checks.judging.finding import Finding, advice, failed
from checks.rules.read import OpenCodeRules
from fixtures.facts.facts import Facts
from fixtures.ollama.server import Address, address
from fixtures.opencode.config import is_bundled
from fixtures.system.sentences import Sentences, same

SLOW_SECONDS = 0.5
"""What a connection by name may cost beside one by number before it is worth a word; they differ by 1 ms elsewhere."""
text = Sentences.beside(__file__, "../sentences/rules.toml")


def wrong_address(rules: OpenCodeRules) -> Finding | None:
    """`baseURL` must lead to the server that was found; where none answers only its shape can be judged."""
    facts, value = rules.facts, str(rules.facts.base_url or "")
    pitfall = _pitfall_of(rules, value)
    if not pitfall:
        return None
    right = f"{_found(facts).url if _found(facts) else facts.setup.default_url}/v1"
    at = rules.at("provider", rules.provider or "", "options", "baseURL")
    found = text("at-line", **at, seen=value or text("no-base-url"))
    also = ("base-url-missing-v1",) if value and pitfall != "base-url-missing-v1" and not _has_v1(value) else ()
    variable = next(iter(facts.config.unset), "") if pitfall == "config-variable-unset" else "OLLAMA_HOST"
    values = {"seen": value, "base_url": right, "provider": rules.provider or "", "key": "baseURL", "variable": variable}
    return failed(pitfall, found, same(right), also, **{**at, **values, "address": right.removesuffix("/v1")})


def slow_name(rules: OpenCodeRules) -> Finding | None:
    """Each of OpenCode's connections may pay for the name: advice, as all of it works."""
    named, numbered = rules.facts.connect_seconds or (0.0, 0.0)
    if named - numbered < SLOW_SECONDS:
        return None
    value = str(rules.facts.base_url)
    at = rules.at("provider", rules.provider or "", "options", "baseURL")
    found = text("slow-name", **at, named=f"{named:.1f}", numbered=f"{numbered:.1f}")
    right = value.replace("localhost", "127.0.0.1", 1)
    return advice("localhost-ipv6", found, same(right), **at, seen=value, base_url=right)


def _found(facts: Facts) -> Address | None:
    """Where an Ollama answers."""
    return facts.server.address if facts.server.state == "ollama" else None


def _pitfall_of(rules: OpenCodeRules, value: str) -> str | None:
    """The pitfall that an address shows, or None where it is right."""
    where, server = address(value, "config"), _found(rules.facts)
    if not where:
        return "config-variable-unset" if _unset(rules) else "base-url-wrong"
    if server and not where.local:
        return "server-on-other-host"
    if server and where.port != server.port:
        return _wrong_port(rules, server.origin)
    if where.url.startswith("https:") and where.local:
        return "base-url-wrong"
    if server and where.host == "::1" and server.host != "::1":
        return "localhost-ipv6"
    path = urlsplit(value).path.rstrip("/")
    if not is_bundled(rules.facts.config.get("provider", rules.provider or "", "npm")):
        return None  # a package for Ollama's own API has /api here
    return None if path == "/v1" else ("base-url-missing-v1" if path in ("", "/api") else "base-url-wrong")


def _unset(rules: OpenCodeRules) -> bool:
    """The address is made from a variable or a file that is not there."""
    raw = str(_raw_base_url(rules))
    return any(f"{{{kind}:{name}}}" in raw for kind in ("env", "file") for name in rules.facts.config.unset)


def _raw_base_url(rules: OpenCodeRules) -> Any:
    """The value as it stands in the file, before `{env:…}` is filled in."""
    source = rules.facts.config.origin(("provider", rules.provider or "", "options", "baseURL"))
    return source.value["provider"][rules.provider]["options"]["baseURL"] if source else ""


def _has_v1(value: str) -> bool:
    return urlsplit(value).path.rstrip("/") == "/v1"


def _wrong_port(rules: OpenCodeRules, origin: str) -> str:
    """Another source may hold the right one and lose; or the server was moved by `OLLAMA_HOST`."""
    path = ("provider", rules.provider or "", "options", "baseURL")
    if not rules.facts.config.origin(path):
        return "ollama-discovered-elsewhere"
    holders = [source for source in rules.facts.config.sources if source.value and rules.facts.config.origin(path)]
    port = f":{rules.facts.server.address.port}"
    for source in holders[:-1]:
        options = source.value.get("provider", {}).get(rules.provider, {}).get("options", {})
        if port in str(options.get("baseURL", "")):
            return "config-overridden"
    return "ollama-host-mismatch" if origin == "OLLAMA_HOST" else "base-url-wrong"
