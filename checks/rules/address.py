"""Whether `baseURL` leads to the server that was found, and which pitfall it shows where it does not."""
from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from checks.judging.finding import Finding, advice, failed
from checks.rules.read import OpenCodeRules
from fixtures.facts.facts import Facts
from fixtures.ollama.server import Address, address
from fixtures.opencode.config import NAMED, is_bundled
from fixtures.system.sentences import Sentences, same
from fixtures.system.url import parse_url

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
    here = facts.config.get("provider", rules.provider or "", "options", "baseURL")
    at = rules.at("provider", rules.provider or "", *(("options", "baseURL") if here or not value else ("api",)))
    found = text("at-line", **at, seen=value or text("no-base-url"))
    also = ("base-url-missing-v1",) if value and pitfall != "base-url-missing-v1" and not _has_v1(value) else ()
    variable = _unset(rules) if pitfall == "config-variable-unset" else "OLLAMA_HOST"
    values = {
        "seen": value,
        "base_url": right,
        "provider": rules.provider or "",
        "key": "baseURL",
        "variable": variable,
        "case": "config",
    }
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
    """Where an Ollama answers; the room's is taken at the profile's word."""
    return facts.rooms_server or (facts.server.address if facts.server.state == "ollama" else None)


def _pitfall_of(rules: OpenCodeRules, value: str) -> str | None:
    """The pitfall that an address shows, or None where it is right."""
    where, server, url = address(value, "config"), _found(rules.facts), parse_url(value)
    if _unset(rules):
        return "config-variable-unset"
    if not where or not url:
        return "base-url-wrong"
    if server and not where.local and not rules.facts.rooms_server:
        return "server-on-other-host"
    if server and where.port != server.port:
        return _wrong_port(rules, server.origin)
    if where.url.startswith("https:") and where.local or len(url.query) > 1 or len(url.fragment) > 1:
        return "base-url-wrong"
    if server and where.host == "::1" and server.host != "::1":
        return "localhost-ipv6"
    if not is_bundled(rules.facts.config.package(rules.provider, rules.facts.choice.key)):
        return None  # a package for Ollama's own API has /api here
    return (
        None if _path(value) == "/v1" else ("base-url-missing-v1" if _path(value) in ("", "/api") else "base-url-wrong")
    )


def _path(value: str) -> str:
    """As Ollama's server takes it: `//v1` is sent on to `/v1`, `%76` is a v (seen with Ollama 0.34.0)."""
    url = parse_url(value)
    return re.sub("/+", "/", unquote(url.path)).rstrip("/") if url else ""


def _unset(rules: OpenCodeRules) -> str | None:
    """The name in the address of a variable or a file that is not there."""
    if left := NAMED.search(str(rules.facts.base_url or "")):
        return left[1]
    raw = str(_raw_base_url(rules))
    return next(
        (name for name in rules.facts.config.unset if f"{{env:{name}}}" in raw or f"{{file:{name}}}" in raw), None
    )


def _raw_base_url(rules: OpenCodeRules) -> Any:
    """The value as it stands in the file, before `{env:…}` is filled in."""
    source = rules.facts.config.origin(("provider", rules.provider or "", "options", "baseURL"))
    return _base_url_in(source.unfilled, rules.provider) or "" if source else ""


def _has_v1(value: str) -> bool:
    return _path(value) == "/v1"


def _wrong_port(rules: OpenCodeRules, origin: str) -> str:
    """Another source may hold the right one and lose; or the server was moved by `OLLAMA_HOST`."""
    path = ("provider", rules.provider or "", "options", "baseURL")
    if not rules.facts.config.origin(path):
        return "ollama-discovered-elsewhere"
    holders = [source for source in rules.facts.config.sources if source.value and rules.facts.config.origin(path)]
    port = f":{rules.facts.server.address.port}"
    for source in holders[:-1]:
        if port in str(_base_url_in(source.value, rules.provider)):
            return "config-overridden"
    return "ollama-host-mismatch" if origin == "OLLAMA_HOST" else "base-url-wrong"


def _base_url_in(value: Any, provider: str | None) -> Any:
    for key in ("provider", provider, "options", "baseURL"):
        value = value.get(key) if isinstance(value, dict) else None
    return value
