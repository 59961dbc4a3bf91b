"""What people write into a set-up: addresses, names, shapes and texts, right and wrong, that the changes draw from."""
from __future__ import annotations

from tests.differential.world import MODEL

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
    {"provider": {"api": "http://localhost:11434/v1"}}, {"limit": {"context": 100, "output": 100}},
    {"provider": {"npm": "@ai-sdk/openai"}},
)
AGENTS = (
    {"build": {"model": f"ollama/{MODEL}"}}, {"build": {"model": "ollama/llama9"}}, {"build": {"model": MODEL}},
    {"build": {"model": "opencode/big-pickle"}},
    {"build": {"disable": True}}, {"build": {"disable": True}, "plan": {"disable": True}},
    {"plan": {"model": "ollama/llama9"}}, {"title": {"model": "ollama/llama9"}},
    {"coder": {"mode": "primary"}}, {"coder": {"mode": "subagent", "model": "ollama/llama9"}},
    {"build": {"hidden": True}}, {"build": {"mode": "subagent"}},
    {"coder": {"mode": "main"}}, {"build": {"temperature": 0.1}}, {"build": {"reasoningEffort": "high"}},
    {"build": {"max_tokens": "4096"}}, {"build": {"temperature": "hot"}},
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
