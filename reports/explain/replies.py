"""Clues from requests that failed: the path that was asked for, and a refusal in any language of Windows."""

from __future__ import annotations

import re
from collections.abc import Iterator

_OWN_PATH = re.compile(r"(?i)\bOPTIONS\b|\[GIN\]|\bOrigin\b|/api/(?:tags|chat|generate)|/v1/(?:chat|models)")
_LOOPBACK = r"(?:127\.0\.0\.1|localhost|\[::1\]|0\.0\.0\.0)"
_ASKED = re.compile(r"""(?i)\b(?:GET|POST|HEAD|PUT)\b[ \t"'`]{1,12}(?:https?://[^/\s"']{1,100})?(/[^\s"'?,)]{0,200})""")
_OPENAI = re.compile(r"(?i)^(?:/api)?/(?:chat/completions|completions|models|embeddings|responses)/?$")
_NEW = re.compile(r"(?i)^/v1/(?:messages|responses)\b")
"""Ollama answers these since 0.14.0 and 0.13.3 (ollama/ollama, server/routes.go)."""
_URL_WITHOUT_V1 = re.compile(r"(?i)https?://[^/\s\"']{3,60}:\d{2,5}(?:/api)?/chat/completions\b")
_CODES = re.compile(
    r"(?i)\b(?:10061|WSAECONNREFUSED|ECONNREFUSED|os error (?:61|111))\b|\berrno\W{1,3}-?(?:61|111|4078|10061)\b"
)
_CONNECTEX = re.compile(
    rf"(?i){_LOOPBACK}:\d+[^\n]{{0,40}}\bconnectex:(?![^\n]*(?:10060|10013|10048|access permissions|访问权限))"
)
"""Go's name for a connection on Windows; from one's own machine it fails for one reason, in the system's language."""


def asked_paths(text: str) -> Iterator[str]:
    """A 404 tells by its path what is wrong: no `/v1`, one too many, or one that this Ollama is too old for."""
    if _URL_WITHOUT_V1.search(text):
        yield "path-without-v1"
    if re.search(r"(?i)\b404\b[^\n]{0,60}https?://[^/\s\"']{3,60}/api/(?:chat|generate|show)\b(?!/)", text):
        yield "model-not-there"
    lines = text.split("\n")
    for line, following in zip(lines, [*lines[1:], ""]):
        asked = _ASKED.search(line)
        if asked and re.search(r"\b404\b", line) or asked and following.lstrip().startswith("404"):
            yield from _not_there(asked[1])


def _not_there(path: str) -> Iterator[str]:
    if _OPENAI.match(path):
        yield "path-without-v1"
    elif re.match(r"(?i)^/v1/(?:v1|api)/|^/api/v1/", path):
        yield "path-doubled"
    elif _NEW.match(path):
        yield "path-too-new"
    elif path.startswith("/v1/"):
        yield "path-below-v1"
    elif re.match(r"/api/(?:chat|generate|show)\b", path):
        yield "model-not-there"


def refusals(text: str) -> Iterator[str]:
    """By Go's `connectex` or by a number, since every Windows says it in its own language."""
    if _CONNECTEX.search(text):
        yield "refused-here"
    for line in text.split("\n"):
        if _CODES.search(line):
            yield "refused-here" if re.search(_LOOPBACK, line) else "refused-by-number"


def forbidden_origins(text: str) -> Iterator[str]:
    """A 403 for a path of Ollama's own: its server refuses nothing but an origin that way."""
    if any(re.search(r"\b403\b", line) and _OWN_PATH.search(line) for line in text.split("\n")):
        yield "origin-forbidden"
