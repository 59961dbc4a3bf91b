"""The ledger of exits as the READMEs show it. `python3 -m tests.support.ledger_table` writes it into both."""
from __future__ import annotations

import re
from pathlib import Path

from checks.judging.exits import Exit, ledger

ROOT = Path(__file__).resolve().parents[2]
BEGIN, END = "<!-- the ledger -->\n", "<!-- end of the ledger -->\n"
HEADS = {
    "en": ("content", "traffic", "exit", "what leaves", "when", "what closes it"),
    "zh": ("内容", "流量", "出口", "离开的是什么", "什么时候", "怎样关上"),
}
VALUES = {"provider": "ollama", "model": "MODEL", "name": "NAME"}


def table(lang: str) -> str:
    """Content first; below the first closing line OpenCode 2's, and those of other places, where they differ."""
    content, traffic, *heads = HEADS[lang]
    rows = [f"| {heads[0]} | | {' | '.join(heads[1:])} |", "|---|---|---|---|---|"]
    for kind, word in (("content", content), ("traffic", traffic)):
        rows += [_row(one, word, lang) for one in ledger().values() if one.kind == kind]
    return "\n".join(rows) + "\n"


def _row(one: Exit, kind: str, lang: str) -> str:
    lines = [line for number, place in _places(one) for line in one.lines(number, "linux", {**VALUES, **place})[:1]]
    close = "<br>".join(f"`{line}`" for line in dict.fromkeys(lines))
    return f"| `{one.id}` | {kind} | {one.what[lang]} | {one.when[lang]} | {close} |"


def _places(one: Exit) -> list[tuple[int, dict[str, str]]]:
    keys = list(one.close.get("config", {})) or [str(number) for number in one.generations or (1,)]
    return [(int(key[0]), {"below": key[2:]}) for key in keys]


def with_table(text: str, lang: str) -> str:
    """The README with the table as the data says it."""
    return re.sub(f"(?s){BEGIN}.*?{END}", lambda _: f"{BEGIN}{table(lang)}{END}", text)


def main() -> None:
    for name, lang in (("README.md", "en"), ("README.zh.md", "zh")):
        file = ROOT / name
        file.write_text(with_table(file.read_text(encoding="utf-8"), lang), encoding="utf-8")


if __name__ == "__main__":
    main()
