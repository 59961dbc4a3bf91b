"""What every remedy of a run is told of the machine, beside the values of its finding."""
from __future__ import annotations

from checks.judging.models import lessons_own, table
from fixtures.facts.facts import Facts
from fixtures.ollama.server import address, parse_host
from fixtures.system.sentences import Sentences, Text

text = Sentences.beside(__file__, "../sentences/run.toml")


def ollama_host(facts: Facts) -> str | None:
    """The `OLLAMA_HOST` by which `ollama …` asks the server that OpenCode asks; None where it does so anyway.

    The variable may lead astray, or lack where the config moves the server to another port.
    """
    server, named = facts.known("server"), facts.setup.env.get("OLLAMA_HOST")
    if not server or not server.address.local:
        return None
    asked = address(parse_host(named) if named else facts.setup.default_url, "OLLAMA_HOST")
    if asked and asked.local and asked.port == server.address.port:
        return None
    host = {"localhost": "127.0.0.1", "::1": "[::1]"}.get(server.address.host, server.address.host)
    return f"{host}:{server.address.port}"


def config_file(facts: Facts) -> str | None:
    """The file that a person edits: the provider's, else the one of their own that is there, else where it belongs."""
    config = facts.known("config")
    if config is None:
        return None
    provider = facts.known("provider")
    own = next((source for source in reversed(config.sources) if source.kind == "global"), None)
    source = (config.origin(("provider", provider)) if provider else None) or own
    return source.label if source and source.path else str(facts.setup.opencode_config / "opencode.json")


def not_the_lessons(facts: Facts, commands: list[str]) -> Text | None:
    """Why commands name another model than the lesson does, where they do and no person has named it."""
    machine, choice = facts.known("machine"), facts.known("choice")
    typed = " ".join(commands)
    named = next((name for name in table()["models"] if name in typed), None)
    if not machine or not named or (choice and choice.name == named and choice.origin != "lesson"):
        return None
    own = lessons_own(named, machine.ram_gib, None if machine.unified else machine.vram_gib)
    return text("not-the-lessons", model=named, lesson=own) if own else None
