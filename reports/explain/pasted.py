"""Reading what a person pasted: bytes to text, escape codes, wrapped lines, JSON records, logs of many megabytes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from reports.explain.telling import Telling

KEPT = 20_000  # characters that the patterns see; each costs all patterns one step
_ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]{0,500}(?:\x07|\x1b\\)|[@-Z\\-_])")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]+")
# Every server log names all variables; only those that say something are kept.
_ENVIRONMENT = re.compile(r'env="map\[([^\]]*(?:\][^\]"]*)*)\]"')
_USUAL = re.compile(r"OLLAMA_(?:HOST:http://(?:127\.0\.0\.1|0\.0\.0\.0):11434|MODELS:\S*[/\\]\.ollama[/\\]+models)$")
_FIELD = re.compile(r"[a-z]\w*: ")  # the next answer of a form, and no line that goes on


def decoded(data: bytes) -> str:
    """Text of UTF-8, of UTF-16 with its mark (PowerShell's `>`), or of GBK (a Chinese Windows console)."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("gbk")
    except UnicodeDecodeError:
        return data.decode("utf-8", errors="replace")


def readable(text: str) -> str:
    """The text that the patterns see: plain, a few pages at most, with wrapped lines and escaped JSON opened too."""
    seen = _lean("\n".join(_leaves(_uncontrolled(text))))
    if len(seen) > KEPT:
        kept = Telling(KEPT)
        kept.add(seen)
        seen = kept.text()
    return "\n".join([seen, *_rejoined(seen), *_unescaped(seen)])[: 2 * KEPT]


def plain(text: str) -> str:
    """Lines of a log without escape codes and what every log says."""
    return _lean(_uncontrolled(text))


def _uncontrolled(text: str) -> str:
    return _CONTROLS.sub("", _ESCAPES.sub("", text)).replace("\r\n", "\n").replace("\r", "\n")


def _lean(text: str) -> str:
    return _ENVIRONMENT.sub(_set_variables, text)


def _set_variables(dump: re.Match[str]) -> str:
    pairs = re.findall(r"(?:HTTPS?_PROXY|NO_PROXY|OLLAMA_HOST|OLLAMA_MODELS):\S+", dump[1], re.IGNORECASE)
    return " ".join(pair for pair in pairs if not _USUAL.match(pair))


def _leaves(text: str) -> Iterator[str]:
    """A JSON record as `key: value` lines, since a config inside one is an escaped string; other text as it is."""
    record = _record(text)
    if record is None:
        yield text
    else:
        yield from _walk(record, "")
        yield "" if isinstance(record, dict) and "symptom" in record else text


def _record(text: str) -> object | None:
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _walk(node: object, key: str) -> Iterator[str]:
    stack = [(key, node)]
    while stack:
        key, node = stack.pop(0)
        if isinstance(node, dict):
            stack[:0] = node.items()
        elif isinstance(node, list):
            stack[:0] = [(key, item) for item in node]
        else:
            yield f"{key}: {node}"


def _rejoined(text: str) -> Iterator[str]:
    """Lines that a terminal broke at its edge, whole again: with nothing between, and with a blank."""
    lines = text.split("\n")
    width = max(map(len, lines))
    if not 30 <= width <= 240:
        return
    for line, following in zip(lines, lines[1:]):
        word = following.split(" ", 1)[0]
        if word and not _FIELD.match(following) and len(line) + 1 + len(word) > width:
            yield line + following
            yield f"{line} {following}"


def _unescaped(text: str) -> Iterator[str]:
    if '\\"' in text:
        yield text.replace("\\n", "\n").replace("\\t", " ").replace('\\"', '"')
