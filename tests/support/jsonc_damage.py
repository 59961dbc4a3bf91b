"""What happens to a config on its way: copied, typed with an input method, cut short, or hit by a stray key."""
from __future__ import annotations

import re

from hypothesis import strategies as st

from tests.support.jsonc_documents import TOKENS, tidy

TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|//[^\r\n]*|/\*[\s\S]*?\*/|[{}\[\]:,]|[ \t]+|[\r\n]+|[^\s"/{}\[\]:,]+')
FULLWIDTH = dict(zip(",:{}[]", "，：｛｝【】", strict=True))
QUOTES = ["''", "“”", "””", "‘’", "＂＂"]
NAMED = ["comma", "quotes", "all-quotes", "punctuation", "all-punctuation", "space", "fence", "words", "brace", "cut"]
STRAY = ["delete", "insert", "replace", "transpose"]


@st.composite
def damaged(draw: st.DrawFn, kinds: list[str], documents: st.SearchStrategy[str] = tidy()) -> tuple[str, str, str]:
    """The document, the kind of its damage, and the damaged text (the same one where that kind finds no place)."""
    text, kind = draw(documents), draw(st.sampled_from(kinds))
    return text, kind, _stray(draw, text, kind) if kind in STRAY else _named(draw, text, kind)


def _stray(draw: st.DrawFn, text: str, kind: str) -> str:
    at = draw(st.integers(0, len(text) - 1))
    token = draw(st.sampled_from([*filter(lambda token: len(token) == 1, TOKENS), "”", "’", "0"]))
    return {
        "delete": text[:at] + text[at + 1 :],
        "insert": text[:at] + token + text[at:],
        "replace": text[:at] + token + text[at + 1 :],
        "transpose": text[:at] + text[at : at + 2][::-1] + text[at + 2 :],
    }[kind]


def _named(draw: st.DrawFn, text: str, kind: str) -> str:
    if kind == "fence":
        first, last = draw(st.sampled_from(["```", "```json", "```jsonc"])), draw(st.sampled_from(["```", "```\n"]))
        return "\n".join([first, text.rstrip("\r\n"), last])
    if kind == "words":
        return text + draw(st.sampled_from(["EOF", "\nPS C>", "x", "\n以上是配置", "\n\n---"]))
    if kind == "brace":
        return text + draw(st.sampled_from(["}", "\n}", "}\n}\n"]))
    if kind == "cut":
        tokens = TOKEN.findall(text)
        while tokens[-1].isspace() or tokens[-1] in "}]" and draw(st.integers(0, 3)):
            tokens.pop()
        return "".join(tokens)
    return _tokens(draw, text, kind)


def _tokens(draw: st.DrawFn, text: str, kind: str) -> str:
    """Changes one token of its sort, or all."""
    tokens = TOKEN.findall(text)
    sort = {"comma": ",", "space": " \t"}.get(kind, '"' if "quotes" in kind else ",:{}[]")
    places = [index for index, token in enumerate(tokens) if token[0] in sort]
    quotes = draw(st.sampled_from(QUOTES))
    for index in places if kind.startswith("all") else places and [draw(st.sampled_from(places))]:
        token = tokens[index]
        new = {"comma": "", "space": "\u3000"}.get(kind) if "punct" not in kind else FULLWIDTH[token]
        tokens[index] = quotes[0] + token[1:-1] + quotes[1] if "quotes" in kind else new or ""
    return "".join(tokens)
