"""Which provider is Ollama's, which model a run is about, and which names are near."""
from __future__ import annotations

import pytest

from fixtures.ollama import server as ollama
from fixtures.ollama.names import near, same_size, tagged
from fixtures.opencode.choice import choose, provider_of, starting_agent
from fixtures.opencode.config import Config
from fixtures.system.machine import GIB
from tests.support.config_homes import model


@pytest.mark.parametrize(("name", "there", "expected"), [
    ("qwen2.5-coder", ["qwen2.5-coder:latest"], "qwen2.5-coder:latest"),
    ("Qwen2.5-Coder:7B", ["qwen2.5-coder:7b"], "qwen2.5-coder:7b"),
    ("ollama/qwen2.5-coder:7b", ["qwen2.5-coder:7b"], "qwen2.5-coder:7b"),
    ("qwen2.5-coder:14b", ["qwen2.5-coder:7b"], "qwen2.5-coder:7b"),
    ("qwen2.5-codr:7b", ["qwen2.5-coder:7b"], "qwen2.5-coder:7b"),
    ("llama3.1:8b", ["llama3.2:3b"], None), ("qwen2.5-coder:7b", ["qwen2.5:7b"], None), ("mistral:7b", [], None),
    ("hf.co/user/Model-GGUF:Q4", ["hf.co/user/Model-GGUF:Q4"], "hf.co/user/Model-GGUF:Q4"),
])
def test_near_names(name: str, there: list[str], expected: str | None) -> None:
    assert near(name, there) == expected


def test_tags() -> None:
    assert tagged("x") == "x:latest" and tagged("localhost:5000/x") == "localhost:5000/x:latest"


def config(**providers: object) -> Config:
    return Config((), {"provider": providers})


def test_the_provider_is_the_one_that_points_at_ollama() -> None:
    server = ollama.Address("http://127.0.0.1:5000", "default", "127.0.0.1", 5000)
    one = {"options": {"baseURL": "http://localhost:5000/v1"}}
    other = {"name": "Ollama", "options": {"baseURL": "http://localhost:1234/v1"}}
    assert provider_of(config(a=other, b=one), server) == "b"
    assert provider_of(config(a=other, b=one), None) == "a"
    assert provider_of(config(cloud={"options": {"baseURL": "https://ollama.com/v1"}, "name": "Ollama Cloud"}),
                       None) is None


def models(*names: str) -> list[ollama.Model]:
    return [ollama.Model(name, 1, False) for name in names]


def test_the_chosen_model() -> None:
    lesson = config(ollama={"models": {"qwen2.5-coder:7b": {}, "llama3.2:3b": {}}})
    assert choose(lesson, "ollama", [], models("llama3.2:3b"), None, "x").name == "llama3.2:3b"
    assert choose(lesson, "ollama", [], models(), None, "x").name == "qwen2.5-coder:7b"
    assert choose(lesson, "ollama", [], models("llama3.2:3b"), "ollama/qwen2.5-coder:7b",
                  "x").name == "qwen2.5-coder:7b"
    assert choose(lesson, "ollama", [("ollama", "llama3.2:3b")], models("qwen2.5-coder:7b"), None,
                  "x").origin == "recent"
    assert choose(config(), None, [], models("a:1b"), None, "x").name == "a:1b"
    assert choose(config(), None, [], [], None, "x").name == "x"


def test_of_several_that_are_there_it_is_the_one_that_opencode_starts_with() -> None:
    two = {"ollama": {"models": {"a:1b": {}, "zz-latest": {}}}}
    assert choose(config(**two), "ollama", [], models("a:1b", "zz-latest"), None, "x").name == "zz-latest"
    assert choose(config(**two), "ollama", [], models("a:1b"), None, "x").name == "a:1b"
    cloud = [*models("a:1b"), model("zz-latest", remote=True)]
    assert choose(config(**two), "ollama", [], cloud, None, "x").name == "a:1b"
    agents = Config((), {"provider": two, "model": "ollama/zz-latest", "agent": {"build": {"model": "ollama/a:1b"}}})
    assert choose(agents, "ollama", [], models("a:1b", "zz-latest"), None, "x").name == "a:1b"


def test_of_several_providers_it_is_the_one_that_opencode_starts_with() -> None:
    """A number comes first in JavaScript; what was chosen last, and what an agent names, before that."""
    one = {"options": {"baseURL": "http://localhost:11434/v1"}, "models": {"m": {}}}
    both = {"ollama": one, "1": one}
    assert provider_of(config(**both), None) == "1"
    assert provider_of(config(**both), None, [("gone", "m"), ("ollama", "m")]) == "ollama"
    agents = Config((), {"provider": both, "agent": {"build": {"model": "ollama/m"}}})
    assert provider_of(agents, None, [("1", "m")]) == "ollama"


def test_an_agent_that_may_not_start_has_no_say() -> None:
    off = {"build": {"disable": True, "model": "ollama/a"}, "plan": {"model": "ollama/b", "temperature": 0}}
    assert starting_agent(Config((), {"agent": off})) == off["plan"]
    assert starting_agent(Config((), {"agent": {"build": off["plan"]}, "default_agent": "general"})) == {}
    assert starting_agent(Config((), {"agent": [off]})) == starting_agent(Config((), {"default_agent": 7})) == {}


def test_a_model_that_runs_elsewhere_is_never_near() -> None:
    there = [model("gpt-oss:20b-cloud", remote=True)]
    chosen, named = (choose(config(ollama={"models": {name: {}}}), "ollama", [], there, None, "x")
                     for name in ("gpt-oss:20b", "gpt-oss:20b-cloud"))
    assert (chosen.on_server, named.on_server) == (None, "gpt-oss:20b-cloud")


def test_the_same_size_comes_before_another() -> None:
    assert near("qwen2.5:7b", ["qwen2.5:72b", "qwen2.5:7b-instruct-q4_0"]) == "qwen2.5:7b-instruct-q4_0"
    assert same_size("x:7b", "x:latest") and same_size("x:7b", "x:7b-instruct") and not same_size("x:7b", "x:72b")
    assert not same_size("x:1.5b", "x:5b")


def test_the_first_model_is_one_for_chat_that_fits() -> None:
    there = [model("nomic-embed-text:latest", 0.3, capabilities=("embedding",)), model("llama3.1:70b", 43),
             model("gemma2:9b", 5, capabilities=("completion",)),
             model("qwen2.5:7b")]
    assert choose(config(), None, [], there, None, "x", 16 * GIB).name == "qwen2.5:7b"
    assert choose(config(), None, [], there[:2], None, "x", 16 * GIB).name == "llama3.1:70b"
    assert choose(config(), None, [], there[:1], None, "x", 16 * GIB).origin == "lesson"


def test_the_providers_name_before_a_model_that_was_typed_is_no_part_of_it() -> None:
    assert choose(config(), None, [], [], "ollama/qwen2.5-coder:7b", "x").name == "qwen2.5-coder:7b"
    assert choose(config(), None, [], [model("ollama/mine:7b")], "ollama/mine:7b", "x").name == "ollama/mine:7b"


def test_a_front_end_that_names_ollama_is_not_ollama() -> None:
    front = {"name": "Open WebUI (Ollama)",
             "options": {"baseURL": "http://127.0.0.1:3000/api", "apiKey": "sk-0123456789abcdef"}}
    assert provider_of(config(webui=front), None) is None
    assert provider_of(config(local={"name": "Ollama (local)", "options": {"apiKey": "ollama"}}), None) == "local"
