"""The benchmark's part of both READMEs' tables: what stands between two marks is made from the figures."""
from __future__ import annotations

from typing import Any

from tests.conftest import ROOT

MARKS = {part: (f"<!-- {part} -->", f"<!-- /{part} -->") for part in ("benchmark", "scale")}
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
        "taken in turn in one session (`python -m tests.benchmark`). The suite's own memory is {memory} MiB.",
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
        "（`python -m tests.benchmark`）。套件自己占内存 {memory} MiB。",
    ),
}
GROWN = {
    "README.md": (
        "| what grows | wall | the suite's processor time | memory | times that of half the size |\n"
        "|---|---|---|---|---|",
        {
            "log": "`explain` on a log of {size} MB",
            "config": "a sound set-up, {size} models in the config",
            "server": "a sound set-up, {size} models on the server",
            "room": "the room's page of {size} results",
        },
    ),
    "README.zh.md": (
        "| 规模 | 用时 | 套件的处理器时间 | 内存 | 是一半规模的几倍 |\n|---|---|---|---|---|",
        {
            "log": "`explain` 读 {size} MB 的日志",
            "config": "环境正常，配置里有 {size} 个模型",
            "server": "环境正常，服务端有 {size} 个模型",
            "room": "{size} 份结果的教室页",
        },
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
    begin, end = MARKS["benchmark"]
    return "\n".join([begin, head, *lines, "", said, end])


def scale_block(name: str, figures: dict[str, Any]) -> str:
    """What grows, in one README."""
    head, rows = GROWN[name]
    lines = [f"| {words.format(size=format(one['size'], ','))} | {one['wall']:.1f} s | {one['own']:.1f} s | "
             f"{one['memory']} MiB | {one['beside half']:.1f} |"
             for key, words in rows.items() for one in [figures[key]]]
    begin, end = MARKS["scale"]
    return "\n".join([begin, head, *lines, end])


def write(figures: dict[str, Any]) -> None:
    _write("benchmark", {name: block(name, figures) for name in WORDS})


def write_scale(figures: dict[str, Any]) -> None:
    _write("scale", {name: scale_block(name, figures) for name in GROWN})


def _write(part: str, blocks: dict[str, str]) -> None:
    begin, end = MARKS[part]
    for name, text in blocks.items():
        file = ROOT / name
        before, _, rest = file.read_text(encoding="utf-8").partition(begin)
        file.write_text(before + text + rest.partition(end)[2], encoding="utf-8")
