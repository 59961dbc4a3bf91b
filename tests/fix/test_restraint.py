"""What `--fix` leaves alone: other providers, choices somebody made, values from elsewhere, and whatever would leave
the machine."""
from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from checks.fixing.apply import Fixes
from checks.judging.graph import Judgements, checks
from checks.test_privacy import test_stays_local as stays_local
from fixtures.fix.step import Case, Step, plan, planners
from fixtures.ollama.server import Address, Model, Server
from fixtures.system.machine import Machine
from tests.support.config_homes import NAME, URL, Home, config, model

PROVIDER = {"type": "object", "additionalProperties": False,
            "properties": {"npm": {}, "name": {}, "options": {}, "models": {}}}
SCHEMA = {"properties": {"provider": {"additionalProperties": PROVIDER}}}
"""What OpenCode's own schema says of a provider's keys."""


def server(home: Home, *models: Model, value: Any = None) -> Any:
    """Facts of a home beside a server that has these models."""
    if value is not None:
        home.write(value)
    facts = home.facts()
    facts.assume("server", Server(Address("http://127.0.0.1:9", "default", "127.0.0.1", 9), "ollama", "0.34.0"))
    facts.assume("models", models)
    chosen = facts.choice.on_server
    facts.assume("model", next((one for one in models if one.name == chosen), None))
    return facts


def planned(facts: Any, check: str, pitfall: str | None = None, **values: Any) -> list[Step]:
    finding = checks()[check].judge(facts)
    return plan(Case(facts, check, pitfall or finding.pitfall or "", finding.status, {**finding.values, **values}))


# ---- nothing leaves the machine


def test_a_provider_of_the_house_is_no_cloud_to_be_taken_out(home: Home) -> None:
    value = config()
    value["provider"]["house"] = {"options": {"baseURL": "http://192.168.7.7:8000/v1"}, "models": {"tiny": {}}}
    facts = server(home, model(NAME), value={**value, "small_model": "house/tiny"})
    found = stays_local(facts)
    assert found.pitfall == "cloud-model-chosen-silently" and "192.168.7.7" in found.found.en
    assert plan(Case(facts, "stays-local", found.pitfall, found.status, found.values)) == []


# ---- a choice somebody made


def test_a_model_of_another_size_takes_the_name_only_where_it_runs_here(home: Home) -> None:
    facts = server(home, model("qwen2.5-coder:32b", 20), value=config(models={"qwen2.5-coder:7b": {}}))
    assert planned(facts, "names-agree")
    facts.assume("too_large", True)
    assert planned(facts, "names-agree") == []


def test_a_listed_model_does_not_take_the_place_of_the_chosen_one(home: Home) -> None:
    value = {**config(models={"qwen2.5:14b": {}}), "model": "ollama/llama3.1:8b"}
    (step,) = planned(server(home, value=value), "names-agree")
    after = json.loads(step.changes[0].after)
    assert after["model"] == "ollama/llama3.1:8b"
    assert set(after["provider"]["ollama"]["models"]) == {"qwen2.5:14b", "llama3.1:8b"}


def test_of_several_that_are_there_the_first_listed_takes_the_place_of_one_that_is_not(home: Home) -> None:
    listed = ["mistral:7b", "qwen2.5:14b", "llama3.2:3b", "qwen2.5:7b"]
    value = {**config(models={name: {} for name in listed}), "model": "ollama/phi4:14b"}
    (step,) = planned(server(home, *map(model, reversed(listed)), value=value), "names-agree")
    assert json.loads(step.changes[0].after)["model"] == "ollama/mistral:7b"


@pytest.mark.parametrize("default", [f"ollama/{NAME}", None, "anthropic/claude"])
def test_a_wider_window_keeps_a_default_of_another_provider_and_what_the_model_had(
    default: str | None, home: Home
) -> None:
    value = config(models={NAME: {"name": "mine", "limit": {"context": 9000, "output": 900}}})
    facts = server(home, model(NAME), value={**value, **({"model": default} if default else {})})
    steps = planned(facts, "disk-space", "context-too-small", window=4096)
    if default == "anthropic/claude":
        assert steps == []
        return
    after = json.loads(steps[1].changes[0].after)
    assert after["model"] == f"ollama/{NAME}-32k"
    assert after["provider"]["ollama"]["models"][f"{NAME}-32k"]["limit"] == {"context": 9000, "output": 900}


def test_no_sibling_is_made_that_no_config_can_name(home: Home) -> None:
    facts = server(home, model(NAME))
    inline = json.dumps(config())
    facts.setup = replace(facts.setup, env={**facts.setup.env, "OPENCODE_CONFIG_CONTENT": inline})
    facts.forget()
    assert planned(server_again(facts), "disk-space", "context-too-small", window=4096) == []


def server_again(facts: Any) -> Any:
    for name, value in (("serve", None), ("schema", None), ("ollama_processes", []), ("models", (model(NAME),)),
                        ("model", model(NAME)),
                        ("server",
                         Server(Address("http://127.0.0.1:9", "default", "127.0.0.1", 9), "ollama", "0.34.0"))):
        facts.assume(name, value)
    return facts


# ---- other providers and other protocols


@pytest.mark.parametrize("value", ["{env:OLLAMA_URL}", "http://{env:HOST}:9"])
def test_an_address_from_a_variable_is_changed_where_the_variable_is_set(value: str, home: Home) -> None:
    facts = server(home, model(NAME), value=config(options={"baseURL": value}))
    assert plan(Case(facts, "config-valid", "base-url-wrong")) == []


def test_a_package_for_ollamas_own_api_has_its_own_address(home: Home) -> None:
    facts = server(home, model(NAME), value=config(npm="ollama-ai-provider-v2",
                                                   options={"baseURL": "http://127.0.0.1:9/api", "num_ctx": 9000}))
    assert checks()["config-valid"].judge(facts).status == "passed"


def test_a_package_of_this_machine_is_not_run(home: Home) -> None:
    (home.path / ".cache" / "opencode" / "packages" / "ollama-ai-provider-v2").mkdir(parents=True)
    facts = server(home, model(NAME), value=config(npm="ollama-ai-provider-v2"))
    found = checks()["chat-reply"].judge(facts)
    assert found.status == "skipped" and "ollama-ai-provider-v2" in found.found.en and facts.reply.error == "NotStarted"


def test_keys_of_another_provider_are_left_alone(home: Home) -> None:
    value = config(options={})
    value["provider"]["corp"] = {"url": "https://llm.example/v1", "modles": {"x": {}},
                                 "options": {"baseURL": "https://llm.example/v1", "num_ctx": 1}}
    home.write(value)
    facts = home.facts()
    facts.assume("schema", SCHEMA)
    found = checks()["config-valid"].judge(facts)
    (step,) = plan(Case(facts, "config-valid", found.pitfall or "", found.status, found.values))
    after = json.loads(step.changes[0].after)
    assert found.pitfall == "base-url-wrong" and after["provider"]["corp"] == value["provider"]["corp"]


# ---- files in a wrong place


@pytest.mark.parametrize(("place", "copied"), [(".local/share/opencode/opencode.json", True), ("config.json", False)])
def test_only_a_config_of_opencode_is_copied(place: str, copied: bool, home: Home) -> None:
    misplaced = (home.path if copied else home.project) / place
    misplaced.parent.mkdir(parents=True, exist_ok=True)
    value = config(options={"baseURL": URL, "apiKey": "{file:./key.txt}"})
    home.write(value, misplaced)
    steps = home.steps("config-found")
    assert bool(steps) is copied
    if copied:
        options = json.loads(steps[0].changes[0].after)["provider"]["ollama"]["options"]
        assert options["apiKey"] == f"{{file:{misplaced.parent.as_posix()}/key.txt}}"


def test_into_a_config_that_is_there_only_ollamas_provider_is_copied(home: Home) -> None:
    misplaced = home.path / "opencode.json"
    value = config()
    value["provider"]["corp"] = {"options": {"apiKey": "OLD"}}
    home.write(value, misplaced)
    home.write({"provider": {"corp": {"options": {"apiKey": "NEW"}}}})
    after = home.after("config-found")
    assert after["provider"]["corp"]["options"]["apiKey"] == "NEW"
    assert after["provider"]["ollama"] == config()["provider"]["ollama"]


@pytest.mark.parametrize("text", ["{}", '{"$schema": "https://opencode.ai/config.json"}'])
def test_an_empty_object_gets_its_provider(text: str, home: Home) -> None:
    home.write(text)
    assert home.after("config-found")["provider"]["ollama"]["options"]["baseURL"] == URL


def test_a_model_without_any_provider_gets_one(home: Home) -> None:
    home.write({"model": "ollama/llama3.2:3b"})
    assert list(home.after("config-valid")["provider"]["ollama"]["models"]) == ["llama3.2:3b"]


def test_a_model_without_its_provider_is_named_whole(home: Home) -> None:
    facts = server(home, model(NAME), value={**config(), "model": NAME})
    found = checks()["names-agree"].judge(facts)
    assert (found.status, found.pitfall) == ("failed", "model-name-mismatch")
    (step,) = planned(facts, "names-agree")
    assert json.loads(step.changes[0].after)["model"] == f"ollama/{NAME}"


# ---- values that nobody foresees


@pytest.mark.parametrize(("models", "after"), [
    (NAME, {NAME: {}}), ([NAME, "x"], {NAME: {}, "x": {}}), ([{"id": NAME, "name": "mine"}], {NAME: {"name": "mine"}}),
    (5, None), ([5], None), (None, None),
])
def test_models_of_other_shapes_become_an_object_where_they_have_one_meaning(
    models: Any, after: Any, home: Home
) -> None:
    home.write({"provider": {"ollama": {"options": {"baseURL": URL}, "models": models}}})
    steps = plan(Case(home.facts(), "config-valid", "config-schema-invalid"))
    assert [json.loads(step.changes[0].after)["provider"]["ollama"]["models"]
            for step in steps] == ([after] if after else [])


@pytest.mark.parametrize(("limit", "after"), [({"context": 8192}, {"context": 8192, "output": 2048}),
                                              ({"output": 900}, {"output": 900, "context": 32768}),
                                              ({"context": 200000}, {"context": 200000, "output": 4096})])
def test_half_a_limit_is_completed(limit: dict[str, int], after: dict[str, int], home: Home) -> None:
    home.write(config(models={NAME: {"limit": limit}}))
    (step,) = plan(Case(home.facts(), "config-valid", "config-schema-invalid"))
    assert json.loads(step.changes[0].after)["provider"]["ollama"]["models"][NAME]["limit"] == after


def test_a_fix_that_breaks_is_its_own_checks_fault(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(case: Case) -> list[Step]:
        raise RuntimeError("a bug of ours")

    monkeypatch.setitem(planners(), "config-missing", broken)
    fixes = Fixes(Judgements(home.facts()))
    fixes.apply(["config-found", "disk-space"])
    with pytest.raises(RuntimeError):
        fixes("config-found")
    assert fixes("disk-space").status in ("passed", "advice", "skipped")


def test_a_model_too_large_for_this_machine_is_not_downloaded(home: Home) -> None:
    facts = server(home, value=config(models={"llama3.1:70b": {}}))
    facts.assume("machine", machine(8))
    found = checks()["model-downloaded"].judge(facts)
    assert (found.pitfall, found.also, found.values["suggestion"]) == ("out-of-memory", ("model-not-downloaded",), NAME)
    assert planned(facts, "model-downloaded") == []


def machine(ram_gib: float) -> Machine:
    return Machine("linux", "x86_64", ram_gib, None, 100, 4)
