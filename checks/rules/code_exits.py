"""The exits that are somebody's code: MCP servers, plugins, formatters, language servers."""
from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from checks.rules.exits import Seen, closed, host_of, is_open, not_judged, rule
from fixtures.facts.facts import Facts
from fixtures.opencode.config import project_folders
from fixtures.system.loopback import is_local
from fixtures.system.sentences import Sentences

text = Sentences.beside(__file__, "../sentences/exits.toml")


class McpServer(NamedTuple):
    """One that is switched on; `below`: where it stands, as the ledger's closing lines say it."""

    name: str
    url: str
    command: Any
    below: str

    @property
    def values(self) -> Mapping[str, str]:
        return {"name": self.name, "below": self.below}


def mcp_servers(facts: Facts) -> list[McpServer]:
    """Version 2 also has them one level down, where it knows `disabled` alone, and there they win
    (packages/core/src/config/normalize.ts and mcp.ts)."""
    found = facts.config.get("mcp")
    found = found if isinstance(found, dict) else {}
    inner = found.get("servers") if facts.generation.number > 1 else None
    inner = inner if isinstance(inner, dict) and inner.get("type") not in ("local", "remote") else {}
    outer = {name: one for name, one in found.items() if name not in inner and (name != "servers" or not inner)}
    here = [("mcp", "enabled", False, *pair) for pair in outer.items()]
    below = [("servers", "disabled", True, *pair) for pair in inner.items()]
    return [McpServer(str(name), str(one.get("url") or ""), one.get("command"), place)
            for place, switch, off, name, one in (*here, *below)
            if isinstance(one, dict) and one.get(switch) is not off]


@rule("mcp-remote")
def mcp_remote(facts: Facts) -> Seen:
    servers = [one for one in mcp_servers(facts) if one.url and not is_local(host_of(one.url))]
    if not servers:
        return closed(text("no-remote-mcp"))
    seen = is_open(text("mcp", names=", ".join(one.name for one in servers)), "nobody", *(one.url for one in servers))
    return _each(seen, [one.values for one in servers])


def _each(seen: Seen, values: list[Mapping[str, str]]) -> Seen:
    """The same with a closing line for each of these."""
    return replace(seen, values=values[0], others=tuple(values[1:]))


@rule("own-code")
def own_code(facts: Facts) -> Seen:
    """Plugins, named in the config or lying in a folder of that name: code that this suite does not judge."""
    parts = [*(key for key in ("plugin", "plugins") if facts.config.get(key)), *map(str, _plugin_files(facts))]
    return not_judged(text("code", names=", ".join(parts))) if parts else closed(text("no-plugin"))


@rule("own-programs")
def own_programs(facts: Facts) -> Seen:
    """Local MCP servers, formatters and language servers: `--pure` starts them all the same (seen with 1.18.33)."""
    keys = [key for key in ("formatter", "lsp") if facts.config.get(key)]
    local = [one for one in mcp_servers(facts) if one.command]
    if not keys and not local:
        return closed(text("no-code"))
    seen = not_judged(text("code", names=", ".join([*keys, *(f"mcp.{one.name}" for one in local)])))
    return _each(seen, [*({"below": key} for key in keys), *(one.values for one in local)])


def _plugin_files(facts: Facts) -> list[Path]:
    """Files that OpenCode loads because they lie in a folder of that name."""
    inner = [folder / ".opencode" for folder in project_folders(facts.setup)]
    folders = [facts.setup.opencode_config, *inner, facts.setup.home / ".opencode"]
    named = [folder / name for folder in folders for name in ("plugin", "plugins")]
    with contextlib.suppress(OSError):
        return [file for folder in named if folder.is_dir() for file in sorted(folder.glob("*.[jt]s"))]
    return []
