"""The exits by which OpenCode can send out content."""
from __future__ import annotations

from pathlib import Path

from checks.rules.exits import Seen, closed, host_of, is_open, not_judged, rule
from checks.rules.permission import effect
from checks.rules.rooms import is_here
from fixtures.facts.facts import Facts
from fixtures.ollama.server import address
from fixtures.opencode.choice import named_model
from fixtures.opencode.copy import stored_logins
from fixtures.opencode.files import Unreadable
from fixtures.opencode.switches import is_on
from fixtures.system.loopback import is_local
from fixtures.system.proxies import captured
from fixtures.system.sentences import Sentences

text = Sentences.beside(__file__, "../sentences/exits.toml")
ANY = "checkpoints-any-other"
"""An id that no provider has: what shuts it out shuts out every provider that is not named."""
COLLECTORS = tuple(f"OTEL_EXPORTER_OTLP_{part}ENDPOINT" for part in ("", "TRACES_", "LOGS_"))
SEARCHES = ("OPENCODE_ENABLE_EXA", "OPENCODE_EXPERIMENTAL_EXA", "OPENCODE_ENABLE_PARALLEL",
            "OPENCODE_EXPERIMENTAL_PARALLEL")
PREFERENCES = "/Library/Managed Preferences"


def provider_is_here(facts: Facts, provider: str) -> bool:
    """A provider whose address is this machine's, or none at all."""
    url = facts.config.base_url(provider)
    where = address(str(url or ""), "config")
    here = bool(where and where.local) or facts.is_the_rooms(url)
    return provider == facts.provider and not where or here


@rule("default-model")
def default_model(facts: Facts) -> Seen:
    start, named = facts.default, named_model(facts.config)
    if facts.config.broken:
        return not_judged(text("config-broken", file=facts.config.broken.label))
    if start is None:
        named_here = "/" in named and provider_is_here(facts, named.partition("/")[0])
        return closed(text("set", key="model", value=named)) if named_here else not_judged(text("not-asked"))
    if start.fault:
        return not_judged(text("starts-nothing"))
    if facts.is_the_rooms(start.url):
        return is_open(text("starts-in-the-room", chosen=start.chosen), "somebody", start.url)
    if start.local:
        return closed(text("starts-here", chosen=start.chosen))
    asked = "somebody" if start.provider in facts.config.providers else "nobody"
    return is_open(text("starts-elsewhere", chosen=start.chosen), asked, start.url)


@rule("other-providers")
def other_providers(facts: Facts) -> Seen:
    """OpenCode's own online models need no login; any other one needs a key."""
    shut = [facts.generation.hidden_by(facts.config, id) for id in ("opencode", ANY)]
    if all(shut):
        return closed(text("by-key", key=".".join(shut[1])))
    usable = [str(one.get("id")) for one in facts.providers.entries if not provider_is_here(facts, str(one.get("id")))]
    foreign = [id for id in usable if id not in facts.config.providers]
    return is_open(text("listed", names=", ".join(foreign[:4])) if foreign else text("can-be-added"))


@rule("own-provider")
def own_provider(facts: Facts) -> Seen:
    """Somebody wrote it down: it is told and not scolded."""
    others = [id for id in facts.config.providers if id != facts.provider and not provider_is_here(facts, id)]
    used = [id for id in others if not facts.generation.hidden_by(facts.config, id)]
    elsewhere = {id: facts.config.base_url(id) for id in used}
    if not elsewhere:
        return closed(text("providers-here"))
    named = ", ".join(f"{id} ({url})" if url else id for id, url in elsewhere.items())
    return is_open(text("own-providers", names=named), "somebody", *elsewhere.values())


@rule("small-model")
def small_model(facts: Facts) -> Seen:
    for reader in facts.readers:
        if not is_here(facts, reader.url):
            return is_open(text("reads-too", key=".".join(reader.path), chosen=reader.chosen), "nobody", reader.url)
    named = str(facts.config.get("small_model") or "")
    if "/" in named and not provider_is_here(facts, named.partition("/")[0]):
        return is_open(text("set", key="small_model", value=named), "nobody")
    return closed(text("set", key="small_model", value=named) if named else text("same-model"))


def share_key(facts: Facts) -> str:
    """What uploads every session: `share`, its older name `autoshare`, or the variable; "" where nothing does."""
    share, older, env = facts.config.get("share"), facts.config.get("autoshare"), facts.setup.env
    key = "share" if share == "auto" else "autoshare" if older is True and not share else ""
    if not key and share != "disabled" and is_on(env, "OPENCODE_AUTO_SHARE"):
        key = "OPENCODE_AUTO_SHARE"
    return "" if is_on(env, "OPENCODE_DISABLE_SHARE") or not facts.generation.shares else key


@rule("share")
def share(facts: Facts) -> Seen:
    server = facts.config.get("enterprise", "url")
    if key := share_key(facts):
        return is_open(text("on", key=key), "nobody", server)
    if is_on(facts.setup.env, "OPENCODE_DISABLE_SHARE"):
        return closed(text("set", key="OPENCODE_DISABLE_SHARE", value="1"))
    if facts.config.get("share") == "disabled":
        return closed(text("set", key="share", value="disabled"))
    return is_open(text("when-typed", typed="/share"), "request", server)


@rule("webfetch")
def webfetch(facts: Facts) -> Seen:
    return _tool(facts, "webfetch")


@rule("shell")
def shell(facts: Facts) -> Seen:
    return _tool(facts, "bash")


def _tool(facts: Facts, tool: str) -> Seen:
    found = effect(facts.config.value, tool, facts.setup.env.get("OPENCODE_PERMISSION"))
    if found == "allow":
        return is_open(text("tool-allowed", tool=tool))
    return closed(text("tool-denied" if found == "deny" else "tool-asks", tool=tool))


@rule("websearch")
def websearch(facts: Facts) -> Seen:
    """Offered to a local model only where a variable says so (tool/registry of 1.18.33)."""
    on = next((name for name in SEARCHES if is_on(facts.setup.env, name)), None)
    wide = is_on(facts.setup.env, "OPENCODE_EXPERIMENTAL")
    if not on and not wide:
        return closed(text("no-variable", names="OPENCODE_ENABLE_EXA, OPENCODE_ENABLE_PARALLEL"))
    tool = _tool(facts, "websearch")
    if tool.state == "closed":
        return tool
    return is_open(text("on", key=on or "OPENCODE_EXPERIMENTAL"), "somebody" if on else "nobody")


@rule("telemetry")
def telemetry(facts: Facts) -> Seen:
    named = {name: facts.setup.env[name] for name in COLLECTORS if facts.setup.env.get(name)}
    away = {name: url for name, url in named.items() if not is_local(host_of(url))}
    if away:
        return is_open(text("on", key=next(iter(away))), "nobody", *away.values())
    return closed(text("collector-here") if named else text("no-variable", names=COLLECTORS[0]))


@rule("organisation")
def organisation(facts: Facts) -> Seen:
    """Logins to an address whose config OpenCode fetches; their tokens are not looked at."""
    if facts.generation.number > 1:
        return not_judged(text("in-database"))
    try:
        logins = stored_logins(facts.setup)
    except Unreadable as problem:
        return closed(text("no-login")) if problem.reason == "gone" else not_judged(text("no-look", file="auth.json"))
    except (ValueError, RecursionError):
        return not_judged(text("no-look", file="auth.json"))
    found = [url for url, one in (logins.items() if isinstance(logins, dict) else ())
             if isinstance(one, dict) and one.get("type") == "wellknown"]
    return is_open(text("login", names=", ".join(found)), "somebody", *found) if found else closed(text("no-login"))


@rule("managed-settings")
def managed_settings(facts: Facts) -> Seen:
    """A file of the system is read like any other; the property list of macOS is not."""
    if facts.setup.os == "macos" and facts.setup.target == "machine" and (profile := _profile(facts)):
        return not_judged(text("managed-profile", file=profile))
    managed = next((source for source in facts.config.sources if source.kind == "managed"), None)
    return closed(text("managed-read", file=managed.label) if managed else text("not-managed"))


def _profile(facts: Facts) -> Path | None:
    """The user's own comes before the machine's (packages/opencode/src/config/managed.ts, readManagedPreferences)."""
    folders = (Path(PREFERENCES) / (facts.setup.env.get("USER") or facts.setup.home.name), Path(PREFERENCES))
    return next((file for folder in folders if (file := folder / "ai.opencode.managed.plist").exists()), None)


@rule("opencode-listens")
def opencode_listens(facts: Facts) -> Seen:
    host, shown = facts.config.get("server", "hostname"), facts.config.get("server", "mdns")
    if isinstance(host, str) and (not is_local(host) or host in ("0.0.0.0", "::")):
        return is_open(text("set", key="server.hostname", value=host), "nobody")
    if shown is True and host is None:
        return is_open(text("set", key="server.mdns", value="true"), "nobody")
    return closed(text("set", key="server.hostname", value=host) if host else text("listens-here"))


@rule("proxy")
def proxy(facts: Facts) -> Seen:
    url = str(facts.base_url or f"{facts.setup.default_url}/v1")
    found = captured(facts.setup.env, url)
    if found:
        return is_open(text("set", key=found.variable, value=found.value), "nobody", found.value)
    return closed(text("no-proxy"))
