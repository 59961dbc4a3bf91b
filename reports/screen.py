"""A terminal: what it can show, and text that fits it."""
from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from fixtures.system.sentences import Text
from fixtures.system.stream import fitted
from reports.words import words


@dataclass(frozen=True, slots=True)
class Screen:
    """A terminal: its language, columns, whether it shows colour, and the encoding it can show."""

    lang: str
    width: int = 80
    color: bool = False
    encoding: str = "utf-8"

    def say(self, text: Text) -> str:
        return text.zh if self.lang == "zh" else text.en

    def word(self, key: str, **values: object) -> str:
        return self.say(words.terminal(key, **values))

    def label(self, key: str) -> str:
        """A word that stands before something, as small as all labels."""
        return self.word(key).lower()

    def paint(self, text: str, code: str | None) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.color and code else text

    def fit(self, text: str) -> str:
        """Only what the terminal's encoding has: one foreign character would turn a whole line into escapes."""
        return fitted(text, self.encoding)


def columns(text: str) -> int:
    """Columns on screen: Chinese characters take two, combining ones none."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def pad(text: str, width: int) -> str:
    return text + " " * max(0, width - columns(text))


def cut(text: str, width: int) -> str:
    """At most `width` columns, the end shown by an ellipsis."""
    if columns(text) <= width:
        return text
    while text and columns(text) > width - 1:
        text = text[:-1]
    return text.rstrip() + "…"


def wrap(text: str, width: int) -> Iterator[str]:
    """Lines of at most `width` columns; Chinese may break between any two characters."""
    line = ""
    for word in _words(text):
        if line and columns(line + word.rstrip()) > width:
            yield line.rstrip()
            line = ""
        line += word
        while columns(line.rstrip()) > width:
            head = cut(line, width + 1).removesuffix("…")
            yield head
            line = line[len(head):].lstrip()
    if line.strip():
        yield line.rstrip()


OPENING = "（“‘《「【"
CLOSING = "，。：；、）”’》」】？！"


def _words(text: str) -> Iterator[str]:
    """What must not be parted: a Chinese character with its punctuation, and what is written in Latin letters whole."""
    word = ""
    for char in text:
        wide = unicodedata.east_asian_width(char) in "WF" and char not in CLOSING
        after_wide = bool(word) and unicodedata.east_asian_width(word[-1]) in "WF"
        latin = after_wide and (char.isascii() and char.isalnum() or char in "`$~/-<\"'")
        if (wide or latin) and word[-1:] not in [*OPENING]:
            yield word
            word = char
        else:
            word += char
            if char == " ":
                yield word
                word = ""
    yield word
