"""The smallest input of each kind of difference that was found, with what the suite must say: check, status, pitfall.

None: the chat works, and nothing fails.
"""
from __future__ import annotations

import json
from collections.abc import Iterator

from tests.differential.world import LOGINS, MODEL, STATE, Case, World, lesson

Expected = tuple[str, str, str] | None
INVALID, NAME = ("config-valid", "failed", "config-schema-invalid"), ("names-agree", "failed", "model-name-mismatch")
AGENT = ("default-model", "failed", "default-agent-wrong")
MISSING = ("default-model", "advice", "default-model-missing")
CLOUD = ("default-model", "failed", "cloud-model-chosen-silently")
TAKEN = ("default-model", "advice", "provider-id-taken")
ADDRESS = ("config-valid", "failed", "base-url-wrong")
CAUGHT = ("chat-reply", "failed", "proxy-captures-localhost")
ABSENT = ("config-found", "failed", "config-missing")
REFERENCE, SYNTAX = ("config-valid", "failed", "config-variable-unset"), ("config-valid", "failed", "config-syntax")
WRONG_SHAPES = (
    ("mcp", {"fs": {"command": "npx", "args": ["-y", "x"]}}), ("instructions", "AGENTS.md"), ("plugin", "x"),
    ("lsp", {"a": {"command": "x"}}), ("formatter", {"a": {"command": "x"}}),
)
SAME_ADDRESS = (
    "http://localhost:11434//v1", "http://localhost:11434/api/../v1", "http://localhost:11434/%76%31",
    "http:\\\\localhost:11434\\v1", "http://127。0。0。1:11434/v1", "http://2130706433:11434/v1",
    "http://[::ffff:127.0.0.1]:11434/v1",
)
"""As a URL's own rules read them, each is this machine's port 11434."""
LOCAL = {"options": {"baseURL": "http://localhost:11434/v1"}}


def beside(**first: object) -> World:
    """Another provider before Ollama's."""
    world = World()
    world.config["provider"] = {**first, **world.config["provider"]}
    return world


def named(id: str, **more: object) -> World:
    """The lesson's provider under another id."""
    return World(config={"provider": {id: lesson()["provider"]["ollama"]}, **more})


def recent(*pairs: tuple[str, str]) -> str:
    return json.dumps({"recent": [{"providerID": id, "modelID": key} for id, key in pairs]})


def false_greens() -> Iterator[tuple[str, World, Expected]]:
    """It said 5 of 5, and the first sentence failed or left."""
    for key, value in WRONG_SHAPES:
        yield f"G1 {key}", World().top(**{key: value}), INVALID
    for name in (f"ollama:{MODEL}", f"olama/{MODEL}", f"OLLAMA/{MODEL}", f"ollama/{MODEL.upper()}"):
        yield f"G2 {name}", World().top(model=name), NAME
    yield "G2 my-coder:latest", World(models=["my-coder"]).model("my-coder").top(model="ollama/my-coder:latest"), NAME
    yield "G3 unknown", World().top(default_agent="coder"), AGENT
    yield "G3 subagent", World().top(default_agent="general"), AGENT
    yield "G3 both off", World().top(agent={"build": {"disable": True}, "plan": {"disable": True}}), AGENT
    yield "G4 config", World().top(agent={"build": {"model": "ollama/llama9"}}), NAME
    yield "G4 without provider", World().top(agent={"build": {"model": MODEL}}), NAME
    yield "G4 file", World().file("home/.config/opencode/agent/build.md", "---\nmodel: ollama/llama9\n---\nx\n"), NAME
    yield "G5", World().top(agent={"build": {"model": "opencode/big-pickle"}}), CLOUD
    deepseek = beside(deepseek={"options": {"apiKey": "sk-checkpoints"}})
    deepseek.clouds.append("deepseek")
    yield "G6", deepseek, CLOUD
    yield "G7", World().file(STATE, recent(("ollama", "gone:1b"), ("opencode", "big-pickle"))), CLOUD
    three = World(models=["llama3.2:3b"])
    three.ollama["models"] = {MODEL: {}, "llama3.2:3b": {}, "gemma2:9b": {}}
    yield "G8 three models", three, MISSING
    other = {"options": {"baseURL": "http://127.0.0.1:1234/v1"}, "models": {"m": {}}}
    yield "G8 another provider", beside(lmstudio=other), MISSING
    for id in ("anthropic", "openrouter", "openai"):
        yield f"G9 {id}", named(id), TAKEN
    for comment in ("// was {file:./old-key.txt}\n", "/* {file:./gone.txt} */"):
        added = [lambda text, comment=comment: text.replace("{", "{" + comment, 1)]
        yield f"G10 {comment.strip()}", World(text=added), REFERENCE
    yield "G11 word", World().file("home/.config/opencode/agents/x.md", "---\nmode: main\n---\nx\n"), INVALID
    yield "G11 project", World().file("project/.opencode/agent/x.md", "---\nmode: 7\n---\nx\n"), INVALID
    yield "G12", World().set(HTTP_PROXY="http://127.0.0.1:9", NO_PROXY="localhost 127.0.0.1"), CAUGHT
    yield "G13", World(place="project/opencode.json").set(OPENCODE_DISABLE_PROJECT_CONFIG="TRUE"), ABSENT
    yield "G14 null", World().set(OPENCODE_CONFIG_CONTENT="null"), INVALID
    yield "G14 mark", World().set(OPENCODE_CONFIG_CONTENT="\ufeff{}"), SYNTAX


def first_of_two() -> Iterator[tuple[str, World, Expected]]:
    """What OpenCode starts with is another provider or model than the one in the first line."""
    last = World(models=[MODEL, "zz-latest"])
    last.ollama["models"] = {MODEL: {}, "zz-latest": {"provider": {"npm": "@ai-sdk/openai"}}}
    yield "S1 model", last, ("chat-reply", "failed", "npm-package-wrong")
    no_v1 = {"options": {"baseURL": "http://localhost:11434"}, "models": {MODEL: {}}}
    number, chosen = World(), World()
    number.config["provider"]["1"] = no_v1
    yield "S2 number", number, ("config-valid", "failed", "base-url-missing-v1")
    chosen.config["provider"]["second"] = no_v1
    yield "S2 chosen", chosen.file(STATE, recent(("second", MODEL))), ("config-valid", "failed", "base-url-missing-v1")
    for key, value in (("reasoningEffort", "high"), ("max_tokens", "4096")):
        yield f"S3 {key}", World().top(agent={"build": {key: value}}), ("chat-reply", "failed", "unknown-error")
    full = World().model(MODEL, limit={"context": 100, "output": 100})
    yield "S4", full, ("config-valid", "advice", "compaction-loop")
    yield "S4 below", World().model(MODEL, limit={"context": -5}), INVALID
    below = World().model(MODEL, limit={"context": -5, "output": 100})
    yield "S4 nothing", below, ("config-valid", "failed", "compaction-loop")
    for key in ("timeout", "headerTimeout"):
        hasty = World()
        hasty.ollama["options"][key] = 2
        yield f"S5 {key}", hasty, ("chat-reply", "failed", "timeout-too-short")
    for name, value in (("AUTO_SHARE", "TRUE"), ("DISABLE_LSP_DOWNLOAD", "True"), ("PURE", "")):
        world = World().set(**{f"OPENCODE_{name}": value})
        yield f"S6 {name}", world, ("model-listed", "failed", "opencode-variable-invalid")
    yield "S7", World().file("project/.opencode", "x"), ("model-listed", "failed", "unknown-error")
    login = json.dumps({"ollama": {"type": "api", "key": "你的密钥"}})
    yield "S8", World().file(LOGINS, login), ("chat-reply", "failed", "config-schema-invalid")
    keyed = World().provider(npm="@ai-sdk/openai").file(LOGINS, login)
    yield "S8 replaced", keyed.set(OPENCODE_AUTH_CONTENT="{}"), ("chat-reply", "failed", "npm-package-wrong")
    without_key = json.dumps({"ollama": {"type": "api"}})
    without = World().provider(npm="@ai-sdk/openai").file(LOGINS, without_key)
    yield "S8 no key", without, ("chat-reply", "failed", "npm-package-wrong")
    yield "S9", World().address("${LLM_PROXY}/v1").set(LLM_PROXY="http://localhost:11434"), None


def elsewhere() -> Iterator[tuple[str, World, Expected]]:
    """A model's own address is another machine's: this suite sends nothing there."""
    away = {"provider": {"api": "http://192.168.7.7:8000/v1"}}
    for name, own in (("L1 model", {}), ("L1 provider", {"api": "http://192.168.7.7:8000/v1"})):
        world = World(models=[MODEL]).provider(**own)
        del world.ollama["options"]
        local = {"provider": {"api": "http://localhost:11434/v1"}}
        world.ollama["models"] = {"a": local, MODEL: {} if own else away}
        world.clouds.append("ollama")
        yield name, world, ("config-valid", "failed", "server-on-other-host")


def false_alarms() -> Iterator[tuple[str, World, Expected]]:
    """It failed, or broke, and the chat worked; the second one is broken in life too."""
    for host in ("127.0.0.1：11434", "[::1", "::::"):
        yield f"A1 {host}", World().set(OLLAMA_HOST=host), None
    yield "A1' address", World().address("http://localhost：11434/v1"), ADDRESS
    api = World()
    del api.ollama["options"]
    yield "A2 provider", api.provider(api="http://localhost:11434/v1"), None
    inner = World()
    del inner.ollama["options"]
    yield "A2 model", inner.model(MODEL, provider={"api": "http://localhost:11434/v1"}), None
    yield "A3", World().address("${OLLAMA_BASE_URL}").set(OLLAMA_BASE_URL="http://localhost:11434/v1"), None
    yield "A3 part", World().address("http://${ADDR}/v1").set(ADDR="localhost:11434"), None
    yield "A3 unset", World().address("${OLLAMA_BASE_URL}"), REFERENCE
    for key in (f"registry.ollama.ai/library/{MODEL}", f"library/{MODEL}"):
        yield f"A4 {key}", World().model(key), None
    for key in (f" {MODEL}", f"{MODEL}\u3000"):
        yield f"A4 blank {key!r}", World().model(key), None
    yield "A5 without models", beside(first=dict(LOCAL)), None
    yield "A5 disabled", beside(first={**LOCAL, "models": {MODEL: {}}}).top(disabled_providers=["first"]), None
    two = World(models=[MODEL, "llama3.2:3b"]).provider(blacklist=[MODEL])
    two.ollama["models"] = {MODEL: {}, "llama3.2:3b": {}}
    yield "A6", two, None
    for exempt in ("localhost:11434,127.0.0.1:11434", "LOCALHOST,127.0.0.1"):
        yield f"A7 {exempt}", World().set(HTTP_PROXY="http://127.0.0.1:9", NO_PROXY=exempt), None
    yield "A8 model", World().model("{env:MY_MODEL}").set(MY_MODEL=MODEL), None
    yield "A8 provider", named("{env:ID}").set(ID="ollama"), None
    for url in SAME_ADDRESS:
        yield f"A9 {url}", World().address(url), None
    login = json.dumps({"ollama": {"type": "api", "key": "sk-checkpoints"}})
    yield "A10", World().provider(npm="@ai-sdk/openai").file(LOGINS, login), None
    yield "A11", World().address("{file:~/url.txt}").file("home/url.txt", "\ufeffhttp://localhost:11434/v1\r\n"), None


def wrong_causes() -> Iterator[tuple[str, World, Expected]]:
    """Both failed, and the pitfall was another's."""
    placeholder, word = World(), World()
    placeholder.ollama["options"]["apiKey"] = "你的密钥"
    word.ollama["options"]["headers"] = {"X": "七班"}
    yield "W1 key", placeholder, ("chat-reply", "failed", "config-schema-invalid")
    yield "W1 header", word, ("chat-reply", "failed", "config-schema-invalid")
    for status in ("deprecated", "alpha"):
        hidden = World().top(model=f"ollama/{MODEL}")
        hidden.ollama["models"] = {MODEL: {"status": status}, "llama3.2:3b": {}}
        yield f"W2 {status}", hidden, ("model-listed", "failed", "config-overridden")
    for output in (8192.5, -1):
        yield f"W3 {output}", World().model(MODEL, limit={"context": 32768, "output": output}), INVALID
    for package in ("@ai-sdk/google", "@ai-sdk/gateway", "@ai-sdk/deepinfra"):
        keyed = World().provider(npm=package)
        keyed.ollama["options"]["apiKey"] = "sk-checkpoints"
        yield f"W4 {package}", keyed, ("chat-reply", "failed", "npm-package-wrong")
    yield "W5", World().address("http://localhost:11434/v1?x=1"), ADDRESS
    for number, value in enumerate(('a"b', "C:\\Users\\me", "a\nb")):
        yield f"W6 {number}", World().address("{env:X}").set(X=value), SYNTAX
    yield "W7 list", World(text=[lambda text: f"[{text}]"]), INVALID
    yield "W7 text", World(text=[lambda text: '"text"']), INVALID


EXPECTED: dict[str, Expected] = {}
CASES: list[Case] = []
for _name, _world, _expected in (*false_greens(), *first_of_two(), *elsewhere(), *false_alarms(), *wrong_causes()):
    CASES.append(_world.case(_name))
    EXPECTED[_name] = _expected
