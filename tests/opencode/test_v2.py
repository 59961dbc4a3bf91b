"""How we read a config for OpenCode 2: its order, both shapes, what it drops; and its interface by its own document."""
from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fixtures.jsonc.parse import parse
from fixtures.ollama.server import Model, address
from fixtures.opencode.generation import GENERATIONS, generation, supported
from fixtures.opencode.v2.api import Api, UnknownApi
from fixtures.opencode.v2.shape import as_written, normalised
from fixtures.opencode.v2.sources import places, project_folders, read_config
from tests.support.opencode2 import PACKAGE, Answers, block, home, ollama, started, write


@pytest.mark.parametrize(("version", "number"), [
    (None, 1), ("1.18.33", 1), ("0.0.55", 1), ("2.0.26", 2), ("2.3.2", 2), ("3.0.0", 2), ("nonsense", 1)])
def test_a_version_has_its_generation(version: str | None, number: int) -> None:
    assert generation(version).number == number


def test_every_generation_says_what_is_asked_of_it() -> None:
    from fixtures.opencode.generation import Generation

    asked = {name for name in (*vars(Generation), *Generation.__annotations__) if not name.startswith("_")}
    for number in GENERATIONS:
        assert asked <= set(dir(generation(f"{number}.9.9")))
    assert supported("2.0.1") and not supported("2.0.0")


def put(file: Path, value: Any) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(value), encoding="utf-8")


def test_the_order_of_the_sources(tmp_path: Path) -> None:
    """No `config.json`, no end at `.git`, no managed folder; the inner `.opencode` wins, and inline wins over all."""
    setup = home(tmp_path, OPENCODE_CONFIG="named.json", OPENCODE_CONFIG_CONTENT='{"username": "inline"}')
    project = setup.project
    (project / ".git").mkdir()
    files = [setup.opencode_config / "opencode.json", setup.opencode_config / "opencode.jsonc", project / "named.json",
             tmp_path / "opencode.json", project / "opencode.json", tmp_path / ".opencode" / "opencode.json", project / ".opencode" / "opencode.jsonc"]
    for file in (*files, setup.opencode_config / "config.json", tmp_path / "managed" / "opencode.json"):
        put(file, {"username": str(file)})
    assert [source.label for source in read_config(setup).sources] == [*map(str, files), "OPENCODE_CONFIG_CONTENT"]
    assert read_config(setup).get("username") == "inline"


def test_the_global_folder_is_no_project(tmp_path: Path) -> None:
    setup = home(tmp_path)
    file = write(setup, {"model": "a/b"})
    for project in (setup.opencode_config, setup.opencode_config / "below"):
        found = [source.label for source in read_config(replace(setup, project=project)).sources]
        assert found == [str(file)]


def test_a_named_folder_replaces_the_global_one(tmp_path: Path) -> None:
    setup = home(tmp_path, OPENCODE_CONFIG_DIR=str(tmp_path / "other"))
    lost, kept = write(setup, {"model": "a/b"}), tmp_path / "other" / "opencode.json"
    put(kept, {"model": "c/d"})
    assert [source.label for source in read_config(setup).sources] == [str(kept)]
    assert list(generation("2.0.1").not_read(setup)) == [("config-folder-replaced", lost)]


@pytest.mark.parametrize("name", ["OPENCODE_DISABLE_PROJECT_CONFIG", "OPENCODE_CONFIG_PROJECT_DISABLE"])
def test_the_project_can_be_left_out(name: str, tmp_path: Path) -> None:
    setup = home(tmp_path, **{name: "1"})
    assert project_folders(setup) == []
    assert {source.kind for source in places(setup)} == {"global"}


SHAPES = [
    ({"providers": {"x": {"package": f"aisdk:{PACKAGE}", "settings": {"baseURL": "http://a/v1"}, "models": {"m": {"modelID": "n"}}}}},
     {"x": {"npm": PACKAGE, "package": f"aisdk:{PACKAGE}", "options": {"baseURL": "http://a/v1"}, "models": {"m": {"id": "n"}}}}),
    ({"providers": {"x": {"package": PACKAGE}}}, {"x": {"npm": PACKAGE, "package": PACKAGE}}),
    ({"provider": {"x": {"options": {"baseURL": "127.0.0.1:1/v1"}}}}, {"x": {"options": {"baseURL": "http://127.0.0.1:1/v1"}}}),
    ({"provider": {"x": {"api": "http://a", "options": {"baseURL": "http://b"}}}}, {"x": {"api": "http://a", "options": {"baseURL": "http://a"}}}),
    ({"provider": {"x": {"name": "old"}}, "providers": {"x": {"name": "own"}}}, {"x": {"name": "own"}}),
    ({"provider": {"x": {"options": {}}}, "providers": {"y": {"options": {}}}}, {"x": {"options": {}}, "y": {}}),
]


@pytest.mark.parametrize(("document", "providers"), SHAPES, ids=range(len(SHAPES)))
def test_both_shapes_become_one(document: dict[str, Any], providers: dict[str, Any]) -> None:
    value, dropped = normalised(document)
    assert (value["provider"], dropped) == (providers, ())


DROPPED = [
    ([], [((), "object")]), ({"model": "x"}, [(("model",), "model")]), ({"model": 4}, [(("model",), "model")]),
    ({"provider": []}, [(("provider",), "object")]), ({"enabled_providers": "x"}, [(("enabled_providers",), "list")]),
    ({"provider": {"x": {"models": ["m"]}}}, [(("provider", "x", "models"), "object")]),
    ({"provider": {"x": {"models": {"m": "n"}}}}, [(("provider", "x", "models", "m"), "object")]),
    ({"provider": {"x": {"models": {"m": {"limit": {"context": 4}}}}}}, [(("provider", "x", "models", "m", "limit"), "output")]),
    ({"providers": {"x": {"models": {"m": {"limit": {"context": 4}}}}}}, []),
    ({"provider": {"x": {"npm": 3}}, "providers": {"y": {}}}, [(("provider", "x", "npm"), "text")]),
]


@pytest.mark.parametrize(("document", "parts"), DROPPED, ids=range(len(DROPPED)))
def test_what_is_dropped(document: Any, parts: list[tuple[tuple[str, ...], str]]) -> None:
    value, dropped = normalised(document)
    assert [(one.path, one.expected) for one in dropped] == parts
    assert "x" not in value.get("provider", {}) or not parts


def test_nothing_a_person_can_write_breaks_the_reading() -> None:
    choose = random.Random(5)
    words = ["provider", "providers", "ollama", "models", "limit", "context", "options", "settings", "npm", "package", "model", "baseURL"]

    def value(depth: int) -> Any:
        if depth and choose.random() < 0.75:
            return {choose.choice(words): value(depth - 1) for _ in range(choose.randrange(4))}
        return choose.choice([None, 1, "x", "a/b", [], [1], True, {}])

    for _ in range(3000):
        document = value(6)
        found, dropped = normalised(document)
        for one in dropped:
            assert isinstance(one.path, tuple)
        as_written(document, ("provider", "ollama", "options", "baseURL"), "x")
        generation("2.0.1").hidden_by(read_of(found), "ollama")


def read_of(value: dict[str, Any]) -> Any:
    from fixtures.opencode.config import Config

    return Config((), value)


def test_a_value_is_found_and_written_in_the_words_of_its_block(tmp_path: Path) -> None:
    setup = home(tmp_path)
    write(setup, '{\n "providers": {\n  "ollama": {\n   "settings": { "baseURL": "http://a/v1" }\n  }\n }\n}')
    config = read_config(setup)
    source = config.origin(("provider", "ollama", "options", "baseURL"))
    assert source and source.position(("provider", "ollama", "options", "baseURL")) == (4, 18)
    assert source.written(("provider", "ollama", "npm"), PACKAGE) == (("providers", "ollama", "package"), f"aisdk:{PACKAGE}")
    assert source.written(("provider", "other", "npm"), PACKAGE) == (("provider", "other", "npm"), PACKAGE)
    assert source.written(("provider", "ollama", "models", "m", "id"), "n")[0] == ("providers", "ollama", "models", "m", "modelID")


def test_a_declared_provider_comes_before_the_one_that_is_found(tmp_path: Path) -> None:
    setup = home(tmp_path)
    server = address(setup.default_url, "default")
    two = generation("2.0.1")
    assert two.provider_of(read_config(setup), server) == "ollama"
    write(setup, {"provider": {"local": block(f"{setup.default_url}/v1")}})
    assert two.provider_of(read_config(setup), server) == "local"


def test_the_search_can_be_switched_off(tmp_path: Path) -> None:
    setup = home(tmp_path)
    write(setup, {"plugins": ["-opencode.provider.ollama"]})
    config = read_config(setup)
    assert config.providers == {} and not generation("2.0.1").finds_models(config, "ollama")


POLICIES = [
    ({"enabled_providers": ["ollama"]}, ()), ({"enabled_providers": []}, ("enabled_providers",)), ({"enabled_providers": ["x"]}, ("enabled_providers",)),
    ({"disabled_providers": ["ollama"]}, ("disabled_providers",)),
    ({"experimental": {"policies": [{"action": "provider.use", "resource": "oll*", "effect": "deny"}]}}, ("experimental", "policies")),
    ({"disabled_providers": ["ollama"], "experimental": {"policies": [{"action": "provider.use", "resource": "ollama", "effect": "allow"}]}}, ()),
]


@pytest.mark.parametrize(("document", "path"), POLICIES, ids=range(len(POLICIES)))
def test_what_takes_a_provider_away(document: dict[str, Any], path: tuple[str, ...], tmp_path: Path) -> None:
    setup = home(tmp_path)
    write(setup, document)
    assert generation("2.0.1").hidden_by(read_config(setup), "ollama") == path


def test_the_global_policy_has_the_last_word(tmp_path: Path) -> None:
    setup = home(tmp_path)
    write(setup, {"enabled_providers": ["ollama"]})
    put(setup.project / "opencode.json", {"disabled_providers": ["ollama"]})
    assert generation("2.0.1").hidden_by(read_config(setup), "ollama") == ()


def test_the_log_tells_what_was_dropped_and_where(tmp_path: Path) -> None:
    """A model's own name holds dots: the longest key that is there is taken."""
    setup = home(tmp_path)
    write(setup, {"provider": {"my.own": {"npm": 3}, "fine": {}}})
    serve, config, two = started(setup)
    ((source, path, _),) = two.dropped(serve, config)
    assert (source.label, path) == (str(setup.opencode_config / "opencode.json"), ("provider", "my.own"))


@pytest.mark.parametrize("words", ["paths=new", "paths=old"])
def test_either_interface_is_spoken(words: str, tmp_path: Path) -> None:
    with ollama(Answers()) as port:
        setup = home(tmp_path, port, words=f"{words} late=0.3")
        serve, config, two = started(setup)
        found = two.providers(serve, "m")
        assert found.listed["ollama"] == ("Ollama", ("m",)) and two.window(serve, config, "ollama", "m", True) == 131072
        assert "small model" in two.chat(serve, "ollama", "m", 20).text


def test_an_unknown_interface_is_called_so(tmp_path: Path) -> None:
    serve, _, two = started(home(tmp_path, words="paths=third"))
    found = two.providers(serve, None)
    assert found.unknown_api and not found.listed
    assert two.default_model(serve) is None
    assert two.chat(serve, "ollama", "m", 5).error == "UnknownApi"
    with pytest.raises(UnknownApi):
        Api(serve)


def test_what_runs_code_or_fetches_is_taken_out(tmp_path: Path) -> None:
    setup = home(tmp_path)
    setup.opencode_config.mkdir(parents=True, exist_ok=True)
    (setup.opencode_config / "key").write_text("k", encoding="utf-8")
    runs = {key: ["x"] for key in ("plugin", "plugins", "mcp", "skills", "reference", "references", "instructions", "lsp", "formatter", "command", "commands")}
    write(setup, {**runs, "provider": {"evil": {"npm": "file:///evil.js", "models": {}}}, "providers": {"bad": {"package": "/evil", "settings": {"baseURL": "{file:key}"}}}})
    serve, config, _ = started(setup)
    (copy,) = [file for file in (serve.folder / "config" / "opencode").iterdir() if "evil" in file.read_text(encoding="utf-8")]
    text = copy.read_text(encoding="utf-8")
    kept = parse(text).value
    assert kept["provider"]["evil"] == {"models": {}} and "package" not in kept["providers"]["bad"]
    assert not set(runs) & set(kept)
    assert kept["providers"]["bad"]["settings"]["baseURL"] == f"{{file:{setup.opencode_config / 'key'}}}"
    assert (serve.folder / "bin" / "rg").is_file()


def test_a_config_above_the_copy_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Version 2 walks up to the root: where the temporary folder has a config of somebody's, the project is handed over."""
    import tempfile

    above = tmp_path / "above"
    put(above / "opencode.json", {"model": "ollama/foreign", "provider": {"ollama": {"models": {"foreign": {}}}}})
    monkeypatch.setattr(tempfile, "tempdir", str(above))
    setup = home(tmp_path / "person", words="late=60")
    put(setup.project / "opencode.json", {"model": "ollama/ours", "provider": {"ollama": {"models": {"ours": {}}}}})
    serve, _, two = started(setup)
    assert serve.folder.is_relative_to(above)
    assert two.default_model(serve) == ("ollama", "ours")
    assert two.providers(serve, None).listed["ollama"][1] == ("ours",)


def test_a_cloud_model_on_the_server_is_not_asked_about(tmp_path: Path) -> None:
    """To show one, Ollama asks ollama.com: OpenCode's search is off then, and what it would find is handed over."""
    answers = Answers(models=(("m", ("completion",)), ("big:cloud", ("completion",))))
    with ollama(answers) as port:
        setup = home(tmp_path, port, words="late=0")
        serve, _, two = started(setup, (Model("m", 1, False, ("completion",)), Model("big:cloud", 1, True)))
        assert set(two.providers(serve, "m").listed["ollama"][1]) == {"m", "big:cloud"}
        assert "small model" in two.chat(serve, "ollama", "m", 20).text
    assert [path for path, _ in answers.requests] == ["/v1/chat/completions"]
