"""Clues from a config that somebody pasted: often a fragment or broken, so it is searched and not parsed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.judging.limits import OWN_PROMPT, room_to_talk

_TOP_KEY = re.compile(
    r'^\s*\{\s*(?:"\$schema"\s*:\s*"[^"]*"\s*,\s*)?"([\w.-]+)"\s*:\s*\{\s*"[^"\n]+"\s*:\s*\{', re.MULTILINE
)
_TOP_KEYS = frozenset(
    "provider providers agent mode mcp command permission lsp formatter experimental keybinds tui mcpServers".split()
)


def config_clues(text: str) -> Iterator[str]:
    holds_an_address = re.search(r'(?i)"(base_?url|npm|api_?base)"\s*:', text)
    foreign = holds_an_address and any(key not in _TOP_KEYS for key in _TOP_KEY.findall(text))
    if not foreign and not re.search(r'"(provider|providers|\$schema|baseURL|npm)"\s*:', text):
        return
    provider = re.search(r'"provider"\s*:\s*\{', text)
    if re.search(r'"baseURL"\s*:', text) and provider and not re.search(r'"models"\s*:', text):
        yield "models-missing"
    if re.search(r'"models"\s*:\s*\{\s*\}', text):
        yield "models-missing"
    if re.search(r'"model"\s*:\s*"ollama-cloud/', text):
        yield "hosted-provider"
    if re.search(r'"models"\s*:\s*\[', text):
        yield "models-is-list"
    if foreign:
        yield "foreign-key"
    if foreign or re.search(r'"providers"\s*:\s*\{', text):
        yield "unknown-key"
    packages = re.findall(r'"npm"\s*:\s*"([^"]*)"', text)
    if provider and not packages and re.search(r'"baseURL"\s*:\s*"[^"]*(localhost|127\.0\.0\.1|:11434)', text):
        yield "npm-other"
    if any(package != "@ai-sdk/openai-compatible" for package in packages) or provider and re.search(
        r'"api"\s*:\s*"\w+"', text
    ):
        yield "npm-other"
    if re.search(r'"num_ctx"\s*:|"num_?ctx"', text):
        yield "num-ctx-in-config"
    if re.search(r'"limit"\s*:\s*\{[^}]*"context"', text):
        yield "limit-in-config"
    if _unbalanced(text):
        yield "config-broken"


def limit_clues(text: str) -> Iterator[str]:
    """A `limit` that leaves less than OpenCode's own prompt takes: it compacts after every step (issue 45368 of
    OpenCode)."""
    for block in re.findall(r'"limit"\s*:\s*\{([^{}]{1,300})\}', text):
        limit = {name: int(number) for name, number in re.findall(r'"(context|output|input)"\s*:\s*(\d+)', block)}
        if limit.get("context") and room_to_talk(limit) < OWN_PROMPT:
            yield "no-room-to-talk"


def _unbalanced(text: str) -> bool:
    """A whole config (from its `$schema` on) with a bracket or a comma missing; one cut short says nothing."""
    for start in re.finditer(r'\{\s*"\$schema"', text):
        block = text[start.start() : start.start() + 6000]
        body = _to_last_bracket(re.sub(r'"(?:[^"\\\n]|\\.)*"|//[^\n]*|/\*.*?\*/', _mask, block, flags=re.S))
        if "..." in body or "…" in body or not re.search(r"\n\}$", body):
            continue
        if body.count("{") != body.count("}") or re.search(r"[S}\]]\s*[S{]|[\"'“”‘’]", body):
            return True
    return False


def _mask(match: re.Match[str]) -> str:
    return "S" if match[0].startswith('"') else " "


def _to_last_bracket(body: str) -> str:
    depth = 0
    for at, char in enumerate(body):
        depth += (char in "{[") - (char in "}]")
        if depth == 0:
            return body[: at + 1]
    return re.split(r"\n(?=\w+: |\s*\n|\w)", body)[0].rstrip()
