"""How we read a config for OpenCode 2: its order, both shapes, what it drops; and its interface by its own document."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fixtures.ollama.server import address
from fixtures.opencode.config import Config
from fixtures.opencode.generation import GENERATIONS, generation, supported
from fixtures.opencode.v2.shape import as_written, normalised
from fixtures.opencode.v2.sources import places, project_folders, read_config
from tests.support.opencode2 import PACKAGE, block, home, put, write


@pytest.mark.parametrize(
    ("version", "number"),
    [(None, 1), ("1.18.33", 1), ("0.0.55", 1), ("2.0.26", 2), ("2.3.2", 2), ("3.0.0", 2), ("nonsense", 1)],
)
def test_a_version_has_its_generation(version: str | None, number: int) -> None:
    assert generation(version).number == number


def test_every_generation_says_what_is_asked_of_it() -> None:
    from fixtures.opencode.generation import Generation

    asked = {name for name in (*vars(Generation), *Generation.__annotations__) if not name.startswith("_")}
    for number in GENERATIONS:
        assert asked <= set(dir(generation(f"{number}.9.9")))
    assert supported("2.0.1") and not supported("2.0.0")


def test_the_order_of_the_sources(tmp_path: Path) -> None:
    """No `config.json`, no end at `.git`, no managed folder; the inner `.opencode` wins, and inline wins over all."""
    setup = home(tmp_path, OPENCODE_CONFIG="named.json", OPENCODE_CONFIG_CONTENT='{"username": "inline"}')
    project = setup.project
    (project / ".git").mkdir()
    files = [
        setup.opencode_config / "opencode.json",
        setup.opencode_config / "opencode.jsonc",
        project / "named.json",
        tmp_path / "opencode.json",
        project / "opencode.json",
        tmp_path / ".opencode" / "opencode.json",
        project / ".opencode" / "opencode.jsonc",
    ]
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
    (
        {
            "providers": {
                "x": {
                    "package": f"aisdk:{PACKAGE}",
                    "settings": {"baseURL": "http://a/v1"},
                    "models": {"m": {"modelID": "n"}},
                }
            }
        },
        {
            "x": {
                "npm": PACKAGE,
                "package": f"aisdk:{PACKAGE}",
                "options": {"baseURL": "http://a/v1"},
                "models": {"m": {"id": "n"}},
            }
        },
    ),
    ({"providers": {"x": {"package": PACKAGE}}}, {"x": {"npm": PACKAGE, "package": PACKAGE}}),
    (
        {"provider": {"x": {"options": {"baseURL": "127.0.0.1:1/v1"}}}},
        {"x": {"options": {"baseURL": "http://127.0.0.1:1/v1"}}},
    ),
    (
        {"provider": {"x": {"api": "http://a", "options": {"baseURL": "http://b"}}}},
        {"x": {"api": "http://a", "options": {"baseURL": "http://a"}}},
    ),
    ({"provider": {"x": {"name": "old"}}, "providers": {"x": {"name": "own"}}}, {"x": {"name": "own"}}),
    ({"provider": {"x": {"options": {}}}, "providers": {"y": {"options": {}}}}, {"x": {"options": {}}, "y": {}}),
]


@pytest.mark.parametrize(("document", "providers"), SHAPES, ids=range(len(SHAPES)))
def test_both_shapes_become_one(document: dict[str, Any], providers: dict[str, Any]) -> None:
    value, dropped = normalised(document)
    assert (value["provider"], dropped) == (providers, ())


DROPPED = [
    ([], [((), "object")]),
    ({"model": "x"}, [(("model",), "model")]),
    ({"model": 4}, [(("model",), "model")]),
    ({"provider": []}, [(("provider",), "object")]),
    ({"enabled_providers": "x"}, [(("enabled_providers",), "list")]),
    ({"provider": {"x": {"models": ["m"]}}}, [(("provider", "x", "models"), "object")]),
    ({"provider": {"x": {"models": {"m": "n"}}}}, [(("provider", "x", "models", "m"), "object")]),
    (
        {"provider": {"x": {"models": {"m": {"limit": {"context": 4}}}}}},
        [(("provider", "x", "models", "m", "limit"), "output")],
    ),
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
    words = [
        "provider",
        "providers",
        "ollama",
        "models",
        "limit",
        "context",
        "options",
        "settings",
        "npm",
        "package",
        "model",
        "baseURL",
    ]

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
        generation("2.0.1").hidden_by(Config((), found), "ollama")


def test_a_value_is_found_and_written_in_the_words_of_its_block(tmp_path: Path) -> None:
    setup = home(tmp_path)
    write(setup, '{\n "providers": {\n  "ollama": {\n   "settings": { "baseURL": "http://a/v1" }\n  }\n }\n}')
    config = read_config(setup)
    source = config.origin(("provider", "ollama", "options", "baseURL"))
    assert source and source.position(("provider", "ollama", "options", "baseURL")) == (4, 18)
    assert source.written(("provider", "ollama", "npm"), PACKAGE) == (
        ("providers", "ollama", "package"),
        f"aisdk:{PACKAGE}",
    )
    assert source.written(("provider", "other", "npm"), PACKAGE) == (("provider", "other", "npm"), PACKAGE)
    assert source.written(("provider", "ollama", "models", "m", "id"), "n")[0] == (
        "providers",
        "ollama",
        "models",
        "m",
        "modelID",
    )


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
    ({"enabled_providers": ["ollama"]}, ()),
    ({"enabled_providers": []}, ("enabled_providers",)),
    ({"enabled_providers": ["x"]}, ("enabled_providers",)),
    ({"disabled_providers": ["ollama"]}, ("disabled_providers",)),
    (
        {"experimental": {"policies": [{"action": "provider.use", "resource": "oll*", "effect": "deny"}]}},
        ("experimental", "policies"),
    ),
    (
        {
            "disabled_providers": ["ollama"],
            "experimental": {"policies": [{"action": "provider.use", "resource": "ollama", "effect": "allow"}]},
        },
        (),
    ),
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
