"""What both pages share: sentences in two languages, the style, and a page that can load and run nothing."""
from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import BytecodeCache, Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from fixtures.system import tables
from reports.redact.redact import clean
from reports.words import words

FOLDER = Path(__file__).with_name("templates")
TAGS = {"zh": "zh-CN", "en": "en"}
_CODE = re.compile(r"`([^`\n]{1,300})`")


@cache
def environment() -> Environment:
    """Autoescape everywhere: every name and every answer may come from a stranger."""
    made = Environment(
        loader=FileSystemLoader(FOLDER, encoding="utf-8"), autoescape=True, trim_blocks=True, lstrip_blocks=True,
        undefined=StrictUndefined, bytecode_cache=_compiled(),
    )
    made.globals.update(t=word, both=both, command=command, words=words, style=Markup(style()), policy=policy())
    made.filters["prose"] = prose
    return made


def _compiled() -> BytecodeCache | None:
    """To compile a page takes longer than to fill it. Only in a folder that the suite has already: no run makes one."""
    with contextlib.suppress(OSError):
        if folder := tables.folder():
            (folder / "pages").mkdir(exist_ok=True)
            return FileSystemBytecodeCache(str(folder / "pages"))
    return None


@cache
def style() -> str:
    return (FOLDER / "style.css").read_text(encoding="utf-8")


def policy() -> str:
    """No script, no request, and only this page's own style."""
    digest = base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def command(text: str) -> str:
    """What goes into a config is easier to read, and to copy, over several lines."""
    if text.startswith("{"):
        try:
            return json.dumps(json.loads(text), ensure_ascii=False, indent=2)
        except (ValueError, RecursionError):
            return text
    return text


def prose(text: str) -> Markup:
    """A sentence; what stands between backticks is shown as code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))


def pair(zh: str, en: str) -> Markup:
    """Both languages, of which the page shows one; what reads alike is there once."""
    if zh == en:
        return Markup("<bdi>{}</bdi>").format(prose(zh))
    tagged = Markup('<span lang="{}">{}</span>')
    return tagged.format(TAGS["zh"], prose(zh)) + tagged.format(TAGS["en"], prose(en))


def both(text: Mapping[str, str]) -> Markup:
    return pair(text["zh"], text["en"])


def word(key: str, **values: object) -> Markup:
    """A sentence of the page's table, with `values` in it."""
    text = words.page(key, **values)
    return pair(text.zh, text.en)


def cleaned(value: Any) -> Any:
    """A result without control characters and bidi marks, whoever wrote it."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {clean(str(key)): cleaned(one) for key, one in value.items()}
    return [cleaned(one) for one in value] if isinstance(value, list | tuple) else value
