"""A config that leads to the room's own server: told, and neither scolded nor asked."""
from __future__ import annotations

from checks.judging.finding import Finding, skipped
from fixtures.facts.facts import Facts
from fixtures.opencode.default import stays_here
from fixtures.system.sentences import Sentences, Text

text = Sentences.beside(__file__, "../sentences/rooms.toml")


def is_here(facts: Facts, url: str) -> bool:
    """This machine's address, or that of the server that the room calls its own."""
    return stays_here(url) or facts.is_the_rooms(url)


def goes_to(facts: Facts) -> Text:
    """Where what is typed goes."""
    server = facts.rooms_server
    return text("goes-to", server=server.url if server else "")


def proxied(facts: Facts) -> dict[str, object]:
    """What a remedy against a proxy on the way is told: where it should lead, and the room's number to leave out."""
    room = facts.rooms_server
    where = room or facts.server.address
    return {"address": where.url, "base_url": str(facts.base_url), "room": room.host if room else None}


def unasked(facts: Facts) -> Finding | None:
    """Of a check that would have to ask the server: this suite sends nothing to another machine."""
    server = facts.rooms_server
    return skipped(text("not-asked", server=server.url)) if server else None


def unneeded(facts: Facts) -> Finding | None:
    """Of a check that concerns an Ollama of this machine."""
    server = facts.rooms_server
    return skipped(text("not-needed", server=server.url)) if server else None
