"""The exits of Ollama, and the ways into it from outside."""
from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from checks.rules.exits import Seen, closed, is_open, not_judged, rule
from checks.rules.rooms import goes_to, unasked
from fixtures.facts.facts import Facts
from fixtures.ollama.names import same_model
from fixtures.ollama.server import address, is_cloud_name
from fixtures.system.sentences import Sentences

text = Sentences.beside(__file__, "../sentences/exits.toml")
EVERYWHERE = ("0.0.0.0", "::", "[::]", "*")


def _cloud(facts: Facts) -> Seen | None:
    """Closed where the server says that its cloud is off, not judged where it does not tell; else None."""
    if finding := unasked(facts):
        return not_judged(finding.found)
    if facts.server.state != "ollama":
        return not_judged(text("no-server"))
    if facts.cloud is None:
        return not_judged(text("cloud-untold", version=facts.server.version or "?"))
    return closed(text("cloud-off", source=facts.cloud.source)) if facts.cloud.off else None


def cloud_models(facts: Facts) -> dict[str, str]:
    """Key in the config -> name of a model that runs at ollama.com, by its name or by what the server lists of it."""
    remote = [one.name for one in facts.models if one.remote]
    return {key: name for key, name in facts.names.items()
            if is_cloud_name(name) or any(same_model(name, one) for one in remote)}


@rule("ollama-cloud-model")
def ollama_cloud_model(facts: Facts) -> Seen:
    chosen = [name for name in cloud_models(facts).values() if is_cloud_name(name)]
    shut = _cloud(facts)
    if shut and not (chosen and facts.rooms_server):
        return shut
    if chosen:
        return is_open(text("cloud-configured", names=", ".join(chosen)), "nobody")
    return is_open(text("cloud-on"))


@rule("ollama-cloud-alias")
def ollama_cloud_alias(facts: Facts) -> Seen:
    if shut := _cloud(facts):
        return shut
    aliases = [one.name for one in facts.models if one.remote and not is_cloud_name(one.name)]
    if not aliases:
        return closed(text("no-alias"))
    configured = any(not is_cloud_name(name) for name in cloud_models(facts).values())
    return is_open(text("aliases", names=", ".join(aliases)), "nobody" if configured else "request")


@rule("ollama-web-search")
def ollama_web_search(facts: Facts) -> Seen:
    return _cloud(facts) or is_open(text("cloud-on"))


@rule("ollama-recommendations")
def ollama_recommendations(facts: Facts) -> Seen:
    return _cloud(facts) or is_open(text("cloud-on"), "nobody")


@rule("ollama-elsewhere")
def ollama_elsewhere(facts: Facts) -> Seen:
    where = address(str(facts.base_url or ""), "config")
    if facts.rooms_server:
        return is_open(goes_to(facts), "somebody", facts.base_url)
    if where and not where.local:
        return is_open(text("set", key="baseURL", value=str(facts.base_url)), "somebody", facts.base_url)
    return closed(text("address-here"))


def listens_everywhere(env: Mapping[str, str]) -> bool:
    """`OLLAMA_HOST` as a server takes it: no host at all (`:11434`) means every address too (envconfig/config.go)."""
    value = (env.get("OLLAMA_HOST") or "").strip().strip("\"'")
    host = value.rpartition("://")[2].split("/")[0]
    return bool(host) and (host in EVERYWHERE or host.rpartition(":")[0] in (*EVERYWHERE, "") and ":" in host)


@rule("ollama-listens")
def ollama_listens(facts: Facts) -> Seen:
    if facts.reached_at:
        return is_open(text("reached-at", names=", ".join(facts.reached_at)), "nobody")
    if listens_everywhere(facts.setup.env):
        return is_open(text("set", key="OLLAMA_HOST", value=facts.setup.env["OLLAMA_HOST"]), "nobody")
    return closed(text("loopback-only")) if facts.server.state == "ollama" else not_judged(text("no-server"))


@rule("ollama-origins")
def ollama_origins(facts: Facts) -> Seen:
    if facts.answers_strangers:
        return is_open(text("answers-strangers"), "nobody")
    if "*" in origins(facts.setup.env):
        return is_open(text("set", key="OLLAMA_ORIGINS", value="*"), "nobody")
    return closed(text("refuses-strangers")) if facts.server.state == "ollama" else not_judged(text("no-server"))


def origins(env: Mapping[str, str]) -> list[str]:
    """The entries of `OLLAMA_ORIGINS`: one that is `*` alone, or `http://*`, lets every page in."""
    found = [one.strip().strip("\"'") for one in (env.get("OLLAMA_ORIGINS") or "").split(",")]
    return ["*" if one in ("*", "http://*", "https://*") else one for one in found if one]


@rule("ollama-app-update")
def ollama_app_update(facts: Facts) -> Seen:
    """The app is there on macOS and Windows only (app/updater/updater.go)."""
    setup = facts.setup
    if setup.os == "linux":
        return closed(text("no-app"))
    windows = Path(setup.env.get("LOCALAPPDATA") or setup.home) / "Programs" / "Ollama" / "ollama app.exe"
    app = windows if setup.os == "windows" else Path("/Applications/Ollama.app")
    return is_open(text("there", file=app), "nobody") if app.exists() else closed(text("no-app"))


@rule("ollama-registry")
def ollama_registry(facts: Facts) -> Seen:
    return is_open(text("when-typed", typed="ollama pull"))
