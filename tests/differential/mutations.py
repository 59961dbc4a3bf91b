"""What people write, right and wrong: each a change of a set-up that is being made."""
from __future__ import annotations

import json
from collections.abc import Callable
from random import Random

from tests.differential.world import LOGINS, MODEL, STATE, Case, World

Mutation = Callable[[Random, World], object]
OTHERS = ("llama3.2:3b", "gemma2:9b", "zz-latest", "qwen3:8b", "deepseek-r1:7b")
ADDRESSES = (
    "http://127.0.0.1:11434/v1", "http://localhost:11434/v1/", "http://LOCALHOST:11434/v1",
    "http:\\\\localhost:11434\\v1",
    "http://localhost:11434//v1", "http://localhost:11434/api/../v1", "http://localhost:11434/%76%31",
    "http://127。0。0。1:11434/v1",
    "http://2130706433:11434/v1", "http://[::ffff:127.0.0.1]:11434/v1", "http://0x7f.1:11434/v1",
    " http://localhost:11434/v1 ",
    "http://127.1:11434/v1", "http:localhost:11434/v1", "HTTP://localhost:11434/v1",
    "http://me:secret@localhost:11434/v1",
    "http://localhost:11434", "http://localhost:11434/", "http://localhost:11434/api", "http://localhost:11434/V1",
    "http://localhost:11435/v1",
    "https://localhost:11434/v1", "localhost:11434/v1", "http://localhost：11434/v1", "http://localhost:11434/v1?x=1",
    "http://localhost:11434/v1#x",
    "http//localhost:11434/v1", "http://local host:11434/v1", "http://localhost:11434/v1/chat/completions",
    "http://[::1]:11434/v1", "ollama", "",
    "http://localhost:114340/v1", "http://localhost./v1", "http://localhost:11434/v2", "//localhost:11434/v1",
    "http://[::1:11434/v1",
)
NAMES = (
    f"ollama/{MODEL}", MODEL, f"ollama:{MODEL}", f"olama/{MODEL}", f"OLLAMA/{MODEL}", f"ollama/{MODEL.upper()}",
    f"ollama/{MODEL} ",
    "ollama/my-coder:latest", "ollama/qwen2.5-coder", "opencode/big-pickle", "anthropic/claude-sonnet-4", "ollama/",
    "ollama", f"ollama//{MODEL}",
    f"ollama/{MODEL}#high", "gpt-5", f"local/{MODEL}",
)
SHAPES = (
    ("mcp", {"fs": {"command": "npx", "args": ["-y", "x"]}}),
    ("mcp", {"fs": {"type": "local", "command": ["npx", "-y", "x"], "enabled": False}}),
    ("mcp", {"fs": {"command": "x", "enabled": False}}),
    ("mcp", {"fs": {"type": "remote", "url": "http://127.0.0.1:9"}}),
    ("mcp", {"fs": {"type": "local", "command": ["checkpoints-no-such-program"]}}), ("mcp", []),
    ("mcpServers", {"fs": {"command": "npx"}}),
    ("instructions", "AGENTS.md"), ("instructions", ["AGENTS.md"]), ("plugin", "x"), ("plugin", []),
    ("lsp", {"a": {"command": "x"}}), ("lsp", False),
    ("formatter", {"a": {"command": "x"}}), ("formatter", "prettier"),
    ("formatter", {"a": {"command": ["checkpoints-no-such"], "extensions": [".x"]}}),
    ("command", {"a": {"template": "hello"}}), ("command", {"a": "hello"}), ("share", "never"), ("share", "disabled"),
    ("share", True),
    ("autoupdate", "notify"), ("theme", "dark"), ("permission", "allow"), ("permission", {"bash": "maybe"}),
    ("tools", {"bash": False}),
    ("tools", ["bash"]), ("disabled_providers", ["ollama"]), ("disabled_providers", "openai"),
    ("enabled_providers", ["ollama"]), ("enabled_providers", ["openai"]),
    ("enabled_providers", []), ("small_model", "ollama/gone"), ("small_model", 7), ("model", 7), ("model", ["x"]),
    ("username", "me"), ("experimental", {}),
    ("experimental", {"batch_tool": "yes"}), ("keybinds", {"x": "y"}), ("logLevel", "DEBUG"), ("logLevel", "loud"),
    ("provider2", {}), ("skills", []),
    ("snapshot", False), ("compaction", {"auto": "no"}), ("agent", []), ("permissions", {"bash": "ask"}),
    ("providers", {}), ("references", {}),
)
ENTRIES = (
    {"limit": {"context": 32768, "output": 8192}}, {"limit": {"context": 32768}},
    {"limit": {"context": 32768, "output": 8192.5}},
    {"limit": {"context": 32768, "output": -1}}, {"limit": {"context": 32768, "output": 0}},
    {"limit": {"context": -5, "output": 100}},
    {"limit": {"context": "32768", "output": 100}}, {"status": "deprecated"}, {"status": "alpha"}, {"status": "beta"},
    {"status": "old"}, {"name": 7},
    {"id": MODEL}, {"id": "gone:1b"}, {"tool_call": False}, {"reasoning": True}, {"options": {"num_ctx": 8192}},
    {"options": {"temperature": 0.2}},
    {"temperature": True}, {"temperature": 0.5}, {"cost": {"input": 0, "output": 0}}, {"attachment": False},
    {"modalities": {"input": ["text"], "output": ["text"]}},
    {"headers": {"X-Class": "7"}}, {"headers": {"X-Class": "七班"}}, "x", None, [],
    {"provider": {"api": "http://localhost:11434/v1"}},
)
AGENTS = (
    {"build": {"model": f"ollama/{MODEL}"}}, {"build": {"model": "ollama/llama9"}}, {"build": {"model": MODEL}},
    {"build": {"model": "opencode/big-pickle"}},
    {"build": {"disable": True}}, {"build": {"disable": True}, "plan": {"disable": True}},
    {"plan": {"model": "ollama/llama9"}}, {"title": {"model": "ollama/llama9"}},
    {"coder": {"mode": "primary"}}, {"coder": {"mode": "subagent", "model": "ollama/llama9"}},
    {"build": {"hidden": True}}, {"build": {"mode": "subagent"}},
    {"coder": {"mode": "main"}}, {"build": {"temperature": 0.1}}, {"build": {"temperature": "hot"}},
    {"title": {"disable": True}}, {"9": {"mode": "primary"}, "build": {"disable": True}},
)
FRONT = ("mode: main", "mode: 7", "mode: primary", "model: ollama/llama9", "model: opencode/big-pickle",
         f"model: ollama/{MODEL}", "disable: true",
         "description: a helper", "tools: [bash]", "mode: [", "temperature: hot", "hidden: true", "")
PLACES = (
    "home/.config/opencode/opencode.jsonc", "home/.config/opencode/config.json", "project/opencode.json",
    "project/.opencode/opencode.jsonc",
    "home/.opencode/opencode.json", "$OPENCODE_CONFIG_CONTENT", "home/.local/share/opencode/opencode.json",
    "home/opencode.json", "project/config.json",
    "home/.config/opencode/opencode.json.txt", "project/.opencode/config.json",
)
PACKAGES = ("@ai-sdk/openai-compatible", "@ai-sdk/openai", "@ai-sdk/anthropic", "@ai-sdk/google", "@ai-sdk/mistral",
            "@ai-sdk/groq", "@ai-sdk/deepinfra",
            "ai-sdk-ollama", "ollama-ai-provider", "@ai-sdk/openai-compatable", None, 7, "")
IDS = ("local", "ollama-local", "lmstudio", "Ollama", "ollama local", "1", "anthropic", "openai", "openrouter",
       "deepseek", "ollama-cloud", "llama.cpp")
PROXIES = ("localhost,127.0.0.1", "localhost 127.0.0.1", "localhost:11434,127.0.0.1:11434", "LOCALHOST", "*",
           "127.0.0.0/8", "", ".localhost", "host", "::1,localhost")
HOSTS = ("127.0.0.1:11434", "127.0.0.1：11434", "[::1", "::::", "0.0.0.0", ":11434", "localhost",
         "http://127.0.0.1:11434/", "  ", "\u200b127.0.0.1")
KEYS = ("qwen2.5-coder:7b", "registry.ollama.ai/library/qwen2.5-coder:7b", "library/qwen2.5-coder:7b",
        "QWEN2.5-CODER:7B", "qwen2.5-coder", "qwen2.5-coder:7B",
        "qwen2.5-coder-7b", "ollama/qwen2.5-coder:7b", "hf.co/qwen2.5-coder:7b", "my-coder", "my-coder:latest",
        " qwen2.5-coder:7b")
WRITTEN = (
    lambda text: text.replace("\n", "\r\n"), lambda text: "\ufeff" + text, lambda text: "// my config\n" + text,
    lambda text: text.replace("{", "{ /* {x} */", 1),
    lambda text: text.replace("}\n}", "},\n}"), lambda text: text.replace('"', "'"),
    lambda text: text.replace('"', "“", 2), lambda text: text.replace(":", "：", 1),
    lambda text: text.rstrip("}\n "), lambda text: f"[{text}]", lambda text: '"text"', lambda text: "null",
    lambda text: "", lambda text: " \n",
    lambda text: text + "}", lambda text: text.replace(",", "", 1),
    lambda text: text.replace("{", "{ // was {file:./old.txt}\n", 1),
    lambda text: "// {file:./old.txt}\n" + text, lambda text: text.replace("{", "{ /* {file:gone.txt} */", 1),
    lambda text: "```json\n" + text + "\n```",
    lambda text: text.replace("options", "option"), lambda text: text.replace("baseURL", "baseUrl"),
    lambda text: text.replace('"models"', '"model"'),
    lambda text: text.replace('"provider"', '"providers"'), lambda text: text.replace('"provider"', '"Provider"'),
    lambda text: text.replace("npm", "package"),
)

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
        world.address(choice.choice(["${OLLAMA_URL}", "http://${ADDR}/v1",
                                     "${NOT_SET}"])).set(OLLAMA_URL=value, ADDR="localhost:11434")
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
    world.ollama.setdefault("options",
                            {})["headers"] = {choice.choice(["X-Class", "X Class", "X-七"]): choice.choice(["7", "七班", "a\nb", ""])}

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
                          "OPENCODE_CONFIG_CONTENT", "OPENCODE_CONFIG"])
    values = {"OPENCODE_CONFIG_CONTENT": ["null", "{}", "\ufeff{}", '{"model": "ollama/gone"}', "[]", ""],
              "OPENCODE_CONFIG": ["named.json", "/nowhere.json"]}
    world.set(**{name: choice.choice(values.get(name, ["1", "TRUE", "true", "0", "yes"]))})

MUTATIONS: tuple[Mutation, ...] = (
    rename, another_provider, remembered, several_models, listed_by, variable, api_beside, key, header, package, proxy,
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
