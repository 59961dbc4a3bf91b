"""The exits by which OpenCode fetches something: others learn from them only that it runs. And this suite's own."""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from checks.rules.exits import Seen, closed, host_of, is_open, rule
from fixtures.facts.facts import Facts
from fixtures.opencode.config import is_bundled
from fixtures.opencode.program import has_package
from fixtures.opencode.switches import is_on
from fixtures.system.loopback import is_local
from fixtures.system.sentences import Sentences

text = Sentences.beside(__file__, "../sentences/exits.toml")
OFFLINE = ("npm_config_offline", "NPM_CONFIG_OFFLINE")


@rule("model-catalogue")
def model_catalogue(facts: Facts) -> Seen:
    env = facts.setup.env
    if is_on(env, "OPENCODE_DISABLE_MODELS_FETCH"):
        return closed(text("set", key="OPENCODE_DISABLE_MODELS_FETCH", value="1"))
    url = env.get("OPENCODE_MODELS_URL")
    if url and is_local(host_of(url)):
        return closed(text("set", key="OPENCODE_MODELS_URL", value=url))
    return is_open(text("not-set", key="OPENCODE_DISABLE_MODELS_FETCH"), "nobody", url)


@rule("update-check")
def update_check(facts: Facts) -> Seen:
    """Version 2 asks the global file alone, and knows no variable for it."""
    two, env = facts.generation.number > 1, facts.setup.env
    if not two and is_on(env, "OPENCODE_DISABLE_AUTOUPDATE"):
        return closed(text("set", key="OPENCODE_DISABLE_AUTOUPDATE", value=env["OPENCODE_DISABLE_AUTOUPDATE"]))
    own = [source.value for source in facts.config.sources if source.kind == "global"]
    for value in reversed(own) if two else [facts.config.value]:
        if two and "update" in value:  # its own word wins over the older one
            shown = text("set", key="update", value=str(value["update"]))
            return closed(shown) if value["update"] == "disable" else is_open(shown, "nobody")
        if "autoupdate" in value:
            shown = text("set", key="autoupdate", value=str(value["autoupdate"]).lower())
            return closed(shown) if value["autoupdate"] is False else is_open(shown, "nobody")
    return is_open(text("not-set", key="autoupdate"), "nobody")


def npm_is_off(facts: Facts) -> str | None:
    """The variable by which npm asks no registry."""
    return next((name for name in OFFLINE if (facts.setup.env.get(name) or "").lower() == "true"), None)


@rule("plugin-package")
def plugin_package(facts: Facts) -> Seen:
    if name := npm_is_off(facts):
        return closed(text("set", key=name, value="true"))
    return is_open(text("not-set", key=OFFLINE[0]), "nobody")


@rule("provider-package")
def provider_package(facts: Facts) -> Seen:
    if name := npm_is_off(facts):
        return closed(text("set", key=name, value="true"))
    packages = {id: one.get("npm") for id, one in facts.config.providers.items()}
    own = {id: str(npm) for id, npm in packages.items()
           if isinstance(npm, str) and not is_bundled(npm) and "://" not in npm and not has_package(facts.setup, npm)}
    if not own:
        return closed(text("packages-own"))
    return is_open(text("packages", names=", ".join(own.values())), "somebody")


def addresses(value: Any) -> Iterator[str]:
    """The addresses of other machines among texts, however deep they stand."""
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        if isinstance(one, str) and "://" in one and not is_local(host_of(one)):
            yield one
        elif isinstance(one, dict | list):
            yield from addresses(one)


def _fetched(facts: Facts, *keys: str) -> Seen:
    urls = [url for key in keys for url in addresses(facts.config.get(key))]
    return is_open(text("fetches", names=", ".join(urls)), "somebody", *urls) if urls else closed(text("no-address"))


@rule("instructions-url")
def instructions_url(facts: Facts) -> Seen:
    return _fetched(facts, "instructions")


@rule("skills-url")
def skills_url(facts: Facts) -> Seen:
    return _fetched(facts, "skills")


@rule("references-git")
def references_git(facts: Facts) -> Seen:
    """A name such as `owner/project` is a git address too; a path is not."""
    found = _fetched(facts, "references", "reference")
    values = [one for key in ("references", "reference") for one in _entries(facts.config.get(key))]
    named = [one for one in values if not one.startswith((".", "/", "~")) and "://" not in one and "\\" not in one]
    return found if found.state == "open" or not named else is_open(text("fetches", names=", ".join(named)), "somebody")


def _entries(value: Any) -> Iterator[str]:
    for one in value.values() if isinstance(value, dict) else ():
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict) and isinstance(one.get("repository"), str):
            yield one["repository"]


@rule("ripgrep")
def ripgrep(facts: Facts) -> Seen:
    own = facts.setup.folder("XDG_CACHE_HOME", ".cache") / "opencode" / "bin"
    there = facts.setup.which("rg") or next((file for file in (own / "rg", own / "rg.exe") if file.is_file()), None)
    return closed(text("there", file=there)) if there else is_open(text("no-rg"), "nobody")


@rule("language-servers")
def language_servers(facts: Facts) -> Seen:
    if is_on(facts.setup.env, "OPENCODE_DISABLE_LSP_DOWNLOAD"):
        return closed(text("set", key="OPENCODE_DISABLE_LSP_DOWNLOAD", value="1"))
    return is_open(text("on", key="lsp"), "somebody") if facts.config.get("lsp") else closed(text("not-set", key="lsp"))


@rule("web-ui")
def web_ui(facts: Facts) -> Seen:
    name = "OPENCODE_DISABLE_EMBEDDED_WEB_UI"
    return is_open(text("on", key=name)) if is_on(facts.setup.env, name) else closed(text("page-inside"))


@rule("mirror")
def mirror(facts: Facts) -> Seen:
    return is_open(text("mirror-runs"), "somebody") if facts.mirror_serves else closed(text("no-mirror"))


@rule("hand-in")
def hand_in(facts: Facts) -> Seen:
    """Only an option sends it, and no run repeats one by itself."""
    return is_open(text("when-typed", typed="--room=URL"))
