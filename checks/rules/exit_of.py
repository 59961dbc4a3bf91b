"""Which exit of the ledger an attempt to leave belongs to."""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from checks.judging.exits import Exit, known_by, ledger
from fixtures.proof.attempt import Attempt
from fixtures.proof.subject import Subject, proxies
from fixtures.system.loopback import is_local
from fixtures.system.url import parse_url

NOT_PROVOKED = ("websearch", "own-code", "own-programs", "language-servers", "ollama-web-search", "ollama-app-update")
"""What a measurement gives no occasion to, as with those known by any name (`*`): its model has no tools, code of the
person's is left out, no app is started."""
FETCHES = {"instructions": "instructions-url", "skills": "skills-url", "references": "references-git",
           "reference": "references-git", "mcp": "mcp-remote"}
"""Key of a config -> the exit that the addresses below it belong to."""
TELEMETRY = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT")


def exits_of(attempt: Attempt, subject: Subject) -> list[Exit]:
    """The exits that it may belong to, the likeliest first; none where the ledger knows no such name."""
    host = attempt.to.rpartition(":")[0] if attempt.to.rpartition(":")[2].isdigit() else attempt.to
    if attempt.via == "ollama":
        return [ledger()["ollama-cloud-model" if _asks_a_model(attempt) else "ollama-registry"]]
    if attempt.via and is_local(host):
        return [ledger()["proxy"]]
    own = [ledger()[id] for name, id in _named(subject) if name == host.lower()]
    found = [exit for exit in known_by(host, attempt.by) if "*" not in exit.hosts and exit not in own]
    found = [exit for exit in found if exit.id not in NOT_PROVOKED]
    found = [exit for exit in found if exit.program != "opencode" or exit.concerns(subject.generation.number)]
    found.sort(key=lambda exit: exit.id == "update-check")  # rarer than what else asks the same registry
    return [*own, *_told_apart(found, host, attempt)]


def _asks_a_model(attempt: Attempt) -> bool:
    """A request with a prompt, not one for a download."""
    return any(part in said for said in attempt.said for part in ("/v1/", "/api/chat", "/api/generate", "/api/show"))


def _told_apart(found: list[Exit], host: str, attempt: Attempt) -> list[Exit]:
    """What may have been content is called so: nobody sees into an encrypted connection.

    `api.*` is a provider's only where nothing else goes by that name, and an Ollama that nobody asked had none to send.
    """
    if all(exit.kind == "content" for exit in found):
        return found
    asked = attempt.by == "opencode"
    return [exit for exit in found if exit.kind == "traffic" or asked and host in exit.hosts]


def _named(subject: Subject) -> Iterator[tuple[str, str]]:
    """Host -> exit, of every address that only this person's config or environment knows."""
    config, env = subject.config, subject.setup.env
    for id in config.providers:
        yield from ((host, "own-provider") for host in _hosts(config.base_url(id)))
    for key, exit in FETCHES.items():
        yield from ((host, exit) for host in _hosts(config.get(key)))
    yield from ((host, "telemetry") for name in TELEMETRY for host in _hosts(env.get(name)))
    yield from ((host, "proxy") for host, _ in proxies(env))


def _hosts(value: Any) -> Iterator[str]:
    """The hosts of all addresses in a value of a config, those of this machine left out."""
    if isinstance(value, Mapping):
        value = [*value, *value.values()]
    if isinstance(value, list):
        for one in value:
            yield from _hosts(one)
    elif isinstance(value, str) and (where := parse_url(value)) and not is_local(where.host):
        yield where.host
