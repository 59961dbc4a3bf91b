"""A terminal: what it can show, and text that fits it."""
from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fixtures.system.stream import fitted

WORDS = {
    "title": ("A local model in OpenCode (lesson {})", "在 OpenCode 里用本地模型（{} 课）"),
    "verify": ("reads only, {} s", "只读检查，{} 秒"),
    "sandbox": ("in a sandbox, {} s", "在沙盒中，{} 秒"),
    "rehearse": ("a rehearsal, {} s", "演练，{} 秒"),
    "fix": ("with fixes, {} s", "检查并修复，{} 秒"),
    "fix-plan": ("a plan, {} s", "只列计划，{} 秒"),
    "undo": ("undo, {} s", "撤销，{} 秒"),
    "first": ("DO THIS FIRST", "先做这一步"),
    "advice": ("WORTH A LOOK", "建议先看这一条"),
    "seen": ("seen", "现象"), "why": ("why", "原因"), "do": ("do", "做法"), "type": ("type", "执行"), "then": ("then", "然后"), "or": ("or", "或者"),
    "fix-offer": ("does it for you; --fix-plan shows first what it would change", "由套件来做；加 --fix-plan 先看会改什么"),
    "waits": ("waits for step {}", "等第 {} 步"), "not-run": ("not run", "未运行"), "next": ("next", "接着"), "also": ("also", "另外"),
    "crash": ("the suite itself broke in {}; type this, and send the output to whoever helps",
              "套件自身在 {} 出错；执行下面的命令，把输出发给帮忙的人"),
    "all": ("all {} of {} checkpoints passed", "检查点 {}/{} 全部通过"),
    "some": ("{} of {} checkpoints passed", "检查点通过 {}/{}"),
    "failed": ("{} failed", "{} 项失败"), "waiting": ("{} waiting", "{} 项等待"), "advised": ("{} to consider", "{} 条建议"), "crashed": ("{} crashed", "{} 项出错"), "unrun": ("{} not run", "{} 项未运行"),
}


@dataclass(frozen=True, slots=True)
class Screen:
    """A terminal: its language, columns, whether it shows colour, and the encoding it can show."""

    lang: str
    width: int = 80
    color: bool = False
    encoding: str = "utf-8"

    def word(self, key: str, *values: Any) -> str:
        return WORDS[key][self.lang == "zh"].format(*values)

    def paint(self, text: str, code: str | None) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.color and code else text

    def fit(self, text: str) -> str:
        """Only what the terminal's encoding has: one foreign character would turn a whole line into escapes."""
        return fitted(text, self.encoding)


def columns(text: str) -> int:
    """Columns on screen: Chinese characters take two, combining ones none."""
    return sum(0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


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


def _words(text: str) -> Iterator[str]:
    word = ""
    for char in text:
        if unicodedata.east_asian_width(char) in "WF" and char not in "，。：；、）”？":
            yield word
            word = char
        else:
            word += char
            if char == " ":
                yield word
                word = ""
    yield word
