"""Step 4: `opencode.json` is found, is legal, and names what is there."""
from __future__ import annotations

from checks.judging.finding import Finding, advice, blocked, failed, passed
from checks.judging.graph import check
from checks.rules.config import OpenCodeRules, judge_config
from checks.rules.folders import troublesome
from checks.rules.places import mentions_ollama, speaks_of_ollama, wrong_place
from checks.rules.rooms import unasked
from checks.rules.start import misnamed
from fixtures.facts.facts import Facts
from fixtures.opencode.choice import without_provider
from fixtures.opencode.config import Source
from fixtures.system.sentences import Sentences, Text, same

text = Sentences.beside(__file__, "sentences/step4.toml")


@check("config-found", step=4)
def test_config_found(facts: Facts) -> Finding:
    """OpenCode finds the config
    OpenCode 能找到配置"""
    sources = facts.config.sources
    evidence = {"sources": [source.label for source in sources], "taken_out": _taken_out(sources)}
    project = _project_note(facts)
    own = next((source.label for source in reversed(sources) if source.kind == "global"), None)
    target = own or str(facts.setup.opencode_config / "opencode.json")
    values = {"file": target, "base_url": f"{facts.setup.default_url}/v1", "model": facts.choice.name}
    labels = ", ".join(source.label for source in sources)
    if _declared(facts) or facts.config.broken or any(mentions_ollama(source, facts.setup.port) for source in sources):
        found = passed(text("found", labels=labels, project=project), **evidence)
        return _passed_over(facts, labels) or troublesome(facts) or found
    if facts.generation.discovers:
        return _without_file(facts, values, project).seen(**evidence)
    if place := wrong_place(facts):
        seen = text("wrong-place", place=place, project=project)
        return failed("config-wrong-place", seen, **{**values, "seen": place}).seen(**evidence)
    if any(set(source.value) - {"$schema"} for source in sources):
        seen = text("no-provider", labels=labels, project=project)
        return failed("connect-shows-cloud-only", seen, **values).seen(**evidence)
    return failed("config-missing", text("no-config", project=project), **values).seen(**evidence)


def _declared(facts: Facts) -> bool:
    """A source declares the provider: one that OpenCode finds by itself is in none."""
    declared = facts.config.origin(("provider", facts.provider or ""))
    return bool(facts.provider and (declared or not facts.generation.discovers))


def _without_file(facts: Facts, values: dict[str, str], project: Text) -> Finding:
    """An OpenCode that finds Ollama by itself needs no file, as long as Ollama is where it looks."""
    if facts.server.state != "ollama":
        return blocked("server-listening")
    address = facts.server.address.url
    if facts.server.address.port != facts.setup.port:
        found = text("found-elsewhere", address=address, default=facts.setup.default_url, project=project)
        right = {"address": address, "base_url": f"{address}/v1"}
        return failed("ollama-discovered-elsewhere", found, **{**values, **right})
    if place := wrong_place(facts):
        found = text("wrong-place", place=place, project=project)
        return advice("config-wrong-place", found, **{**values, "seen": place})
    found = passed(text("discovered", address=address, project=project))
    return _passed_over(facts, "") or troublesome(facts) or found


def _passed_over(facts: Facts, labels: str) -> Finding | None:
    """A file that another generation of OpenCode reads, and this one does not."""
    for pitfall, file in facts.generation.not_read(facts.setup):
        if pitfall == "config-folder-replaced" or speaks_of_ollama(file):
            found = text("passed-over", file=file, labels=labels or "–")
            return advice(pitfall, found, file=str(facts.setup.opencode_config / "opencode.json"), seen=str(file))
    return None


def _project_note(facts: Facts) -> Text:
    return text("no-project") if facts.setup.in_suite_folder else same("")


def _taken_out(sources: tuple[Source, ...]) -> list[str]:
    harmful = ("plugin", "mcp", "instructions")
    return [f"{source.label}: {key}" for source in sources for key in source.value if key in harmful]


@check("config-valid", step=4, checkpoint=3, needs=("config-found", "opencode-version"))
def test_config_valid(facts: Facts) -> Finding:
    """The config is legal and leads to Ollama
    配置合法，并指向 Ollama"""
    return judge_config(OpenCodeRules(facts))


@check("names-agree", step=4, needs=("config-valid", "server-listening"))
def test_names_agree(facts: Facts) -> Finding:
    """Config and Ollama agree on the name
    配置和 Ollama 里的模型名一致"""
    choice = facts.choice
    names = facts.names
    file = facts.config.origin(("provider", facts.provider or "", "models"))
    values = {"model": choice.name, "near": choice.on_server or "", "file": file.label if file else ""}
    if choice.on_server is None and facts.generation.finds_models(facts.config, facts.provider or ""):
        return blocked("model-downloaded")
    if choice.key not in names:
        seen = text("not-under-models", key=choice.key, listed=", ".join(names))
        return failed("model-name-mismatch", seen, **{**values, "near": choice.on_server or next(iter(names), "")})
    if without_provider(facts.config, facts.provider):
        right = f"{facts.provider}/{choice.key}"
        seen = text("without-provider", model=facts.config.get("model"))
        return failed("model-name-mismatch", seen, same(right), **{**values, **_model_place(facts), "near": right})
    if finding := misnamed(facts):
        return finding
    if choice.on_server is None:
        return unasked(facts) or blocked("model-downloaded")
    if not choice.exact:
        seen = text("names-differ", model=choice.name, on_server=choice.on_server)
        return failed("model-name-mismatch", seen, same(choice.on_server), **values)
    return passed(same(choice.name), origin=choice.origin)


def _model_place(facts: Facts) -> dict[str, object]:
    source = facts.config.origin(("model",))
    return {"model": str(facts.config.get("model")), "file": source.label if source else ""}
