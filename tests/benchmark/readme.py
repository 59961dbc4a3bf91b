"""The benchmark's part of both READMEs' tables: what stands between two marks is made from the figures."""
from __future__ import annotations

from typing import Any

from tests.conftest import ROOT

BEGIN, END = "<!-- benchmark -->", "<!-- /benchmark -->"
WORDS = {
    "README.md": (
        "| run | wall | processor | of it the suite's own |\n|---|---|---|---|",
        {
            "suite": "a sound set-up, with a reply",
            "seven_commands": "the lesson's seven commands, typed in turn",
            "floor": "the least: one start of OpenCode and one sentence",
            "stopped_server": "the server stopped",
            "bare_machine": "neither program installed",
            "bare_pytest": "pytest alone, with ten empty tests",
        },
        "A sound set-up takes {typed} of the seven commands' time and {floor} of the least; medians of {pairs} pairs "
        "taken in turn in one session (`python -m tests.benchmark`). The suite's own memory is {memory} MiB. The machine was "
        "busy with other things meanwhile: on a quiet one all times are shorter.",
    ),
    "README.zh.md": (
        "| 运行 | 用时 | 处理器时间 | 其中套件自己 |\n|---|---|---|---|",
        {
            "suite": "环境正常，得到一次回答",
            "seven_commands": "依次输入课程的七条命令",
            "floor": "下限：启动一次 OpenCode，回答一句话",
            "stopped_server": "服务没有启动",
            "bare_machine": "两个程序都没装",
            "bare_pytest": "只有 pytest，十个空测试",
        },
        "环境正常时用时是七条命令的 {typed}，是下限的 {floor}；这是同一次会话里交替测得的 {pairs} 对的中位数"
        "（`python -m tests.benchmark`）。套件自己占内存 {memory} MiB。"
        "测量时机器同时在做别的事：空闲时各项都更短。",
    ),
}


def block(name: str, figures: dict[str, Any]) -> str:
    """The table of one README."""
    head, rows, last = WORDS[name]
    median, beside = figures["median"], figures["suite beside"]
    lines = [f"| {words} | {one['wall']:.1f} s | {one['processor']:.1f} s | {one['own']:.1f} s |"
             for key, words in rows.items() for one in [median[key]]]
    values = {"typed": f"{beside['seven_commands']:.2f}", "floor": f"{beside['floor']:.2f}"}
    said = last.format(**values, pairs=figures["pairs"], memory=round(median["suite"]["memory"]))
    return "\n".join([BEGIN, head, *lines, "", said, END])


def write(figures: dict[str, Any]) -> None:
    for name in WORDS:
        file = ROOT / name
        text = file.read_text(encoding="utf-8")
        before, _, rest = text.partition(BEGIN)
        file.write_text(before + block(name, figures) + rest.partition(END)[2], encoding="utf-8")
