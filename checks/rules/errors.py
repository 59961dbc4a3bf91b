"""What Ollama and OpenCode say when something fails, and the pitfall that it shows."""
from __future__ import annotations

import re

from checks.rules.config import refusal
from fixtures.facts.facts import Facts
from fixtures.opencode.switches import unreadable

UNEXPECTED = "Unexpected error"
"""All that OpenCode says at a variable which is neither a yes nor a no."""
NETWORK = re.compile(r"models\.dev|registry\.npmjs|npm |fetch|ENOTFOUND|getaddrinfo|ECONN|ETIMEDOUT|network|Install",
                     re.IGNORECASE)
"""What OpenCode says where it waits for something from outside; a machine too busy to start it in time says nothing."""
INVALID_HEADER = re.compile(r"header .*invalid value|invalid header", re.IGNORECASE)
ERRORS: tuple[tuple[str, str], ...] = (
    ("ollama-incomplete",
     r"llama-server binary not found|llama-quantize|error starting llama-server|no such file.*runner"),
    ("out-of-memory",
     r"out.of.memory|more system memory|signal: killed|failed to allocate|memory layout|resource limitations"),
    ("embedding-model", r"does not support (chat|generate)"),
    ("model-lacks-tools", r"does not support tools"),
    ("ollama-too-old",
     r"unknown model architecture|requires a newer version|not supported by your version|incompatible with your"),
    ("download-corrupt", r"digest mismatch|invalid (gguf|file) magic|tensor .* not found|unexpected EOF"),
    ("npm-package-wrong",
     r"Unsupported package for|Cannot initialize \S+/|failed to initialize provider|evaluating 'mode\.type'|"
     r"api key is missing|BunInstallFailed|ProviderInit"),
    ("context-too-small", r"exceeds the available context|no user query found|longer than the context length"),
    ("base-url-missing-v1", r"404 page not found"),
    ("model-name-mismatch", r"model( .*)? not found|ModelNotFound|Model unavailable"),
    ("provider-not-usable", r"undefined/chat/completions|Missing auth credential"),
    ("localhost-ipv6", r"unable to connect|ECONNREFUSED|connection refused|HTTP transport failed"),
    ("slow-reply", r"timed out|timeout"),
    ("config-schema-invalid", INVALID_HEADER.pattern),
)
"""What Ollama or OpenCode said -> pitfall; the first that matches counts (with Ollama 0.34.0 and OpenCode 1.18.33)."""
TIMED_OUT = re.compile(r"timed out", re.IGNORECASE)
LIMITS = ("timeout", "headerTimeout", "chunkTimeout")
"""Keys of a provider's options, in milliseconds."""
HASTY = 1000
"""Milliseconds in which no model reads OpenCode's prompt; the small request of this suite may well get through. Between
two words (`chunkTimeout`) it depends on the model."""


def time_limit(facts: Facts, said: str = "") -> str | None:
    """The key of the config that makes OpenCode give up: by what it said, or because no model is that quick."""
    options = facts.config.get("provider", facts.provider or "", "options")
    found = [key for key in LIMITS if isinstance(options, dict) and type(options.get(key)) is int]
    key = min(found, key=lambda key: options[key], default=None)
    too_short = bool(key) and key != "chunkTimeout" and options[key] < HASTY
    return key if key and (too_short or TIMED_OUT.search(said)) else None


def ended_by(facts: Facts, said: str) -> tuple[str, str] | None:
    """The switch at which OpenCode ended, and its value."""
    return next(iter(unreadable(facts.setup.env).items()), None) if UNEXPECTED in said else None


def no_list(facts: Facts, said: str) -> str:
    """Why OpenCode gave no list of its models, by its words; `unknown-error` where they show nothing."""
    if refusal(facts):
        return "config-schema-invalid"
    return "opencode-needs-network" if NETWORK.search(said) else "unknown-error"
