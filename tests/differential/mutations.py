"""What people write, right and wrong: each a change of a set-up that is being made."""
from __future__ import annotations

import json
from collections.abc import Callable
from random import Random

from tests.differential.values import (
    ADDRESSES,
    AGENTS,
    ENTRIES,
    FRONT,
    HOSTS,
    IDS,
    KEYS,
    NAMES,
    OTHERS,
    PACKAGES,
    PLACES,
    PROXIES,
    SHAPES,
    WRITTEN,
)
from tests.differential.world import LOGINS, MODEL, STATE, Case, World

Mutation = Callable[[Random, World], object]


def rename(choice: Random, world: World) -> None:
    """Another id; the model goes along, as people do."""
    id = choice.choice(IDS)
    world.config["provider"] = {id: world.ollama}
    if choice.random() < 0.4:
        world.top(model=f"{id}/{MODEL}")

def another_provider(choice: Random, world: World) -> None:
    """Beside Ollama's, before or after it."""
    id, one = choice.choice([
        ("deepseek", {"options": {"apiKey": "sk-x"}}),
        ("lmstudio", {"options": {"baseURL": "http://127.0.0.1:1234/v1"}, "models": {"m": {}}}),
        ("second", {"options": {"baseURL": "http://localhost:11434/v1"}, "models": {MODEL: {}}}),
        ("second", {"options": {"baseURL": "http://localhost:11434/v1"}}),
        ("house", {"options": {"baseURL": "http://192.168.7.7:8000/v1"}, "models": {"tiny": {}}}), ("empty", {}),
        ("openai", {"models": {}}),
    ])
    world.clouds += [id] if id in ("deepseek", "house", "openai") else []
    first = choice.random() < 0.5
    own = world.config.get("provider", {})
    world.config["provider"] = {id: one, **own} if first else {**own, id: one}

def same_server_twice(choice: Random, world: World) -> None:
    """A second provider at the same Ollama, right or wrong, that a number, a choice or an agent puts first."""
    id = choice.choice(["1", "second"])
    url = choice.choice(["http://localhost:11434/v1", "http://localhost:11434", "https://localhost:11434/v1"])
    world.config.setdefault("provider", {})[id] = {"options": {"baseURL": url}, "models": {MODEL: {}}}
    if choice.random() < 0.5:
        world.file(STATE, json.dumps({"recent": [{"providerID": id, "modelID": MODEL}]}))
    else:
        world.top(agent={"build": {"model": f"{id}/{MODEL}"}})

def limits_of_time(choice: Random, world: World) -> None:
    """Two milliseconds between two words are too few by chance only: that one is always long enough."""
    name = choice.choice(["timeout", "headerTimeout", "chunkTimeout"])
    world.ollama.setdefault("options", {})[name] = 600000 if name == "chunkTimeout" else choice.choice([1, 2, 600000])

def of_two_models(choice: Random, world: World) -> None:
    """Entries that differ: OpenCode starts with one of them, by name or by an agent's word."""
    other = choice.choice(["llama3.2:3b", "zz-latest"])
    world.ollama["models"] = {MODEL: choice.choice([{}, *ENTRIES]), other: choice.choice([{}, *ENTRIES])}
    world.models = [MODEL, other]
    if choice.random() < 0.3:
        world.top(agent={"build": {"model": f"ollama/{other}"}})

def remembered(choice: Random, world: World) -> None:
    pairs = [("ollama", MODEL), ("ollama", "gone:1b"), ("opencode", "big-pickle"), ("opencode", "no-such"),
             ("ollama", "llama3.2:3b"), ("deepseek", "deepseek-v4-pro")]
    recent = [{"providerID": id, "modelID": key} for id, key in choice.sample(pairs, k=choice.randint(1, 3))]
    recent = choice.choice([recent, recent, recent, [7, *recent], {"a": recent}])
    world.file(STATE, json.dumps({"recent": recent, "favorite": [], "variant": {}}))

def several_models(choice: Random, world: World) -> None:
    names = [MODEL, *choice.sample(OTHERS, k=choice.randint(1, 3))]
    choice.shuffle(names)
    world.ollama["models"] = {name: {} for name in names}
    world.models = choice.sample(names, k=choice.randint(1, len(names)))

def listed_by(choice: Random, world: World) -> None:
    several_models(choice, world)
    names = list(world.ollama["models"])
    world.provider(**{choice.choice(["blacklist", "whitelist"]): choice.sample(names, k=choice.randint(0, len(names)))})

def variable(choice: Random, world: World) -> None:
    """The address, the key or the name from a variable or a file."""
    value = choice.choice(["http://localhost:11434/v1", "", 'a"b', "C:\\Users\\me", "http://localhost:11434"])
    kind = choice.choice(["env", "file", "dollar", "key", "bare"])
    if kind == "env":
        world.address("{env:OLLAMA_URL}").set(OLLAMA_URL=value)
    elif kind == "dollar":
        world.address(choice.choice(["${OLLAMA_URL}", "http://${ADDR}/v1", "http://${LLM_PROXY}/v1",
                                     "${NOT_SET}"])).set(OLLAMA_URL=value, ADDR="localhost:11434",
                                                         LLM_PROXY="localhost:11434")
    elif kind == "file":
        world.address("{file:~/url.txt}").file("home/url.txt", choice.choice(["", "\ufeff", " "]) + value + "\n")
    elif kind == "key":
        world.model("{env:MY_MODEL}").set(MY_MODEL=choice.choice([MODEL, "gone:1b", ""]))
    else:
        world.ollama.setdefault("options", {})["timeout"] = "TIMEOUT"
        world.text.append(lambda text: text.replace('"TIMEOUT"', "{env:T}"))
        world.set(T=choice.choice(["60000", "", "false", "x"]))

def api_beside(choice: Random, world: World) -> None:
    world.ollama.pop("options", None)
    world.provider(api=choice.choice(["http://localhost:11434/v1", "http://localhost:11434", "localhost", ""]))

def key(choice: Random, world: World) -> None:
    named = choice.choice(["sk-local", "ollama", "你的密钥", "", "a b", "{env:NO_KEY}", "<your key>", "line\nbreak"])
    world.ollama.setdefault("options", {})["apiKey"] = named

def header(choice: Random, world: World) -> None:
    name, value = choice.choice(["X-Class", "X Class", "X-七"]), choice.choice(["7", "七班", "a\nb", ""])
    world.ollama.setdefault("options", {})["headers"] = {name: value}

def package(choice: Random, world: World) -> None:
    world.provider(npm=choice.choice(PACKAGES))
    if choice.random() < 0.5:
        world.ollama.setdefault("options", {})["apiKey"] = "sk-local"
    elif choice.random() < 0.5:
        world.file(LOGINS, json.dumps({next(iter(world.config["provider"])): {"type": "api", "key": "sk-local"}}))

def proxy(choice: Random, world: World) -> None:
    world.set(**{choice.choice(["HTTP_PROXY", "http_proxy", "HTTPS_PROXY",
                                "ALL_PROXY"]): choice.choice(["http://127.0.0.1:9", '""', ""])})
    world.set(**{choice.choice(["NO_PROXY", "no_proxy"]): choice.choice(PROXIES)})

def front_matter(choice: Random, world: World) -> None:
    folder = choice.choice(["home/.config/opencode", "project/.opencode", "home/.opencode"])
    kind, name = choice.choice(["agent", "agents", "mode", "modes", "command",
                                "commands"]), choice.choice(["build", "coder", "plan"])
    world.file(f"{folder}/{kind}/{name}.md", f"---\n{choice.choice(FRONT)}\n---\nDo it.\n")

def elsewhere(choice: Random, world: World) -> None:
    """A second source that wins or loses."""
    value = choice.choice([
        {"model": choice.choice(NAMES)}, {"disabled_providers": ["ollama"]},
        {"provider": {"ollama": {"options": {"baseURL": choice.choice(ADDRESSES)}}}},
        {"provider": {"ollama": {"models": {"gone:1b": {}}}}}, {"default_agent": "plan"}, {"share": "disabled"}, {},
    ])
    world.file(choice.choice(["project/opencode.json", "home/.config/opencode/opencode.jsonc",
                              "project/.opencode/opencode.json"]), json.dumps(value))

def switch(choice: Random, world: World) -> None:
    name = choice.choice(["OPENCODE_DISABLE_PROJECT_CONFIG", "OPENCODE_ENABLE_EXPERIMENTAL_MODELS",
                          "OPENCODE_CONFIG_CONTENT", "OPENCODE_CONFIG", "OPENCODE_DISABLE_LSP_DOWNLOAD",
                          "OPENCODE_PURE", "OPENCODE_EXPERIMENTAL_OXFMT"])
    values = {"OPENCODE_CONFIG_CONTENT": ["null", "{}", "\ufeff{}", '{"model": "ollama/gone"}', "[]", ""],
              "OPENCODE_CONFIG": ["named.json", "/nowhere.json"]}
    world.set(**{name: choice.choice(values.get(name, ["1", "TRUE", "true", "0", "yes"]))})

MUTATIONS: tuple[Mutation, ...] = (
    rename, another_provider, same_server_twice, limits_of_time, of_two_models, remembered, several_models, listed_by,
    variable, api_beside, key, header, package, proxy,
    front_matter, elsewhere, switch,
    lambda choice, world: world.address(choice.choice(ADDRESSES)), lambda choice,
    world: world.address(choice.choice(ADDRESSES)),
    lambda choice, world: world.top(model=choice.choice(NAMES)), lambda choice,
    world: world.top(model=choice.choice(NAMES)),
    lambda choice, world: world.top(**dict([choice.choice(SHAPES)])), lambda choice,
    world: world.top(**dict([choice.choice(SHAPES)])),
    lambda choice, world: world.ollama.__setitem__("models", {MODEL: choice.choice(ENTRIES)}),
    lambda choice, world: world.top(agent=choice.choice(AGENTS)), lambda choice,
    world: world.top(default_agent=choice.choice(["coder", "general", "plan", "build", "title", "Build"])),
    lambda choice, world: setattr(world, "place", choice.choice(PLACES)), lambda choice,
    world: world.set(OLLAMA_HOST=choice.choice(HOSTS)),
    lambda choice, world: world.model(choice.choice(KEYS)), lambda choice,
    world: world.text.append(choice.choice(WRITTEN)),
    lambda choice,
    world: setattr(world, "models", choice.choice([["llama3.2:3b"], [f"{MODEL}-instruct"], ["qwen2.5-coder:latest"],
                                                   [MODEL, "llama3.2:3b"]])),
    lambda choice, world: world.top(small_model=choice.choice(NAMES)),
)

def generated(seed: int, number: int) -> Case:
    """Case `number` of a seed: one or two changes of the lesson's set-up."""
    choice = Random(f"{seed}-{number}")
    world = World()
    for _ in range(choice.choice([1, 2])):
        choice.choice(MUTATIONS)(choice, world)
    return world.case(f"{seed}-{number}")
