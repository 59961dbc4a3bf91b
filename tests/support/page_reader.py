"""Reads a page as a strict parser does."""
from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

VOID = {"meta", "input", "br", "rect", "img", "link"}


class Reader(HTMLParser):
    """Collects what a page says and refers to, and that every element is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.references: list[str] = []
        self.said: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.references += [
            value or "" for name, value in attrs if name in ("href", "src", "action", "srcset", "data", "style")
        ]
        assert not any(name.startswith("on") for name, _ in attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.said.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.said).split())


def written(folder: Path, text: str, name: str = "report.html") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file
