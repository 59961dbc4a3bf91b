"""Nothing personal and no secret is written down, in whatever spelling; what a report is about stays readable."""
from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote

import pytest

from checks.judging.finding import STATUSES
from checks.judging.graph import checks
from checks.judging.pitfalls import load
from reports.redact.redact import LONGEST_LINE, Redactor, clean
from tests.support.redactors import CHINESE, KEY, LINUX, WINDOWS


@pytest.mark.parametrize(
    ("redactor", "text", "left"),
    [
        (LINUX, "/home/wang.xiaoming/.config/opencode", "~/.config/opencode"),
        (LINUX, "file:///home/wang.xiaoming/a", "file://~/a"),
        (LINUX, "?file=%2Fhome%2Fwang.xiaoming%2Fa", "?file=~%2Fa"),
        (LINUX, r'"\/home\/wang.xiaoming\/a"', r'"~\/a"'),
        (LINUX, "/var/home/wang.xiaoming and /home/wang.xiaoming2/x", "~ and ~/x"),
        (LINUX, r"\\wsl$\Ubuntu\home\someone\x", r"~\x"),
        (LINUX, "/Users/li si/x, /home/lisi", "~/x, ~"),
        (WINDOWS, r"C:\Users\Jane Doe\AppData", r"~\AppData"),
        (WINDOWS, r'"c:\\users\\jane doe\\AppData"', r'"~\\AppData"'),
        (WINDOWS, "C:/Users/Jane Doe/x /c/Users/Jane Doe/x /mnt/c/Users/Jane Doe/x", "~/x ~/x ~/x"),
        (WINDOWS, "file:///C:/Users/Jane%20Doe/x", "file://~/x"),
        (WINDOWS, r"C:\Users\JANEDO~1\Temp and D:\Users\bob\x", r"~\Temp and ~\x"),
        (CHINESE, "/Users/王小明/x /private/Users/王小明/x " + quote("/Users/王小明/x"), "~/x ~/x ~/x"),
        (CHINESE, json.dumps({"p": "/Users/王小明/x"}), '{"p": "~/x"}'),
        (
            Redactor({}, Path("/root"), host="pc-0815"),
            "/root/x /rooted /srv/root file:///root/y root",
            "~/x /rooted /srv/root file://~/y root",
        ),
    ],
)
def test_home_folder_is_a_tilde_however_it_is_spelt(redactor: Redactor, text: str, left: str) -> None:
    assert redactor.text(text) == left


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("wang.xiaoming@lab-pc-17: LAB-PC-17.school.cn", "***@***: ***"),
        ("given-secret plain-looking-value Pa55word äö/geheim+1", "*** *** *** ***"),
        (f"key {KEY}.", "key ***."),
        ("ghp_aBcD1234aBcD1234aBcD hf_abcdefghijklmnopqrst AKIAIOSFODNN7EXAMPLE xoxb-12345678-abc", "*** *** *** ***"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "***"),
        ("Authorization: Basic dXNlcjpwdw==", "Authorization: ***"),
        ("Bearer abc.def-ghi_jkl", "Bearer ***"),
        ("http://me:pw@127.0.0.1:11434/v1?api_key=abc&x=1", "http://***@127.0.0.1:11434/v1?api_key=***&x=1"),
        ('"apiKey": "my own words", "baseURL": "http://a/v1"', '"apiKey": "***", "baseURL": "http://a/v1"'),
        (r"{\"apiKey\": \"abc\", \"name\": \"x\"}", r"{\"apiKey\": \"***\", \"name\": \"x\"}"),
        ("password=hunter2; next", "password=***; next"),
        ("opencode --api-key abc123 run", "opencode --api-key *** run"),
        ("密码：abc123", "密码：***"),
        ("a -----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\nBBBB\n-----END OPENSSH PRIVATE KEY----- b", "a *** b"),
        ('{"type":"api","key":"a1b2c3d4e5f6a7b8c9"}', '{"type":"api","key":"***"}'),
    ],
)
def test_names_and_secrets_become_asterisks(text: str, left: str) -> None:
    assert LINUX.text(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "qwen2.5-coder:7b hf.co/bartowski/Qwen2.5-Coder-7B-GGUF:Q4_K_M",
        "http://127.0.0.1:11434/v1",
        "ollama version is 0.34.0",
        "sha256:60e05f2100071479f596b964f89f510f057ce397ea22f2833a0cfe029bfc2463",
        '"apiKey": "{env:MY_API_KEY}"',
        "max_tokens: 32768",
        "12.5 tokens/s, context: 4096 tokens, token: 4096",
        "/usr/share/ollama/.ollama /home/linuxbrew/.linuxbrew/bin /Users/Shared",
        "task-force-of-many-people risk-assessment-of-models",
        "https://opencode.ai/home/docs",
        "the window's first token: 1.2 s",
        '"limit": { "context": 65536, "output": 8192 }',
        "第 3 行第 5 列少了逗号",
        "line 3\n\tline 4",
    ],
)
def test_ordinary_text_is_left_alone(text: str) -> None:
    for redactor in (LINUX, WINDOWS, CHINESE):
        assert redactor.text(text) == text


def test_every_text_of_the_pitfall_table_is_left_alone() -> None:
    for pitfall in load().values():
        for text in (
            *pitfall.symptom.values(),
            *pitfall.why.values(),
            *pitfall.fix.values(),
            *sum(pitfall.commands.values(), []),
        ):
            assert LINUX.text(text) == text


@pytest.mark.parametrize("name", ["root", "server", "model", "ollama", "config", "passed", "en", "1234", "chat"])
def test_person_called_like_an_ordinary_word_does_not_lose_the_report(name: str) -> None:
    words = [*STATUSES, *checks(), *load(), "en", "zh", "linux", "port 1234"]
    assert Redactor({"USER": name}, Path(f"/home/{name}"), host=name).value(words) == words


def test_value_goes_through_everything_that_json_can_hold() -> None:
    value = {
        "/home/wang.xiaoming/x": [("sk-" + "a" * 20, 1, True, None)],
        "apiKey": "abc",
        "headers": {"Authorization": "x y"},
        "tokens": [5],
        "nan": float("nan"),
        "bytes": b"\xff",
        "login": {"type": "oauth", "access": "abc", "expires": 5},
        "path": Path("/home/wang.xiaoming"),
    }
    assert LINUX.value(value) == {
        "~/x": [["***", 1, True, None]],
        "apiKey": "***",
        "headers": {"Authorization": "***"},
        "tokens": [5],
        "nan": None,
        "bytes": "\ufffd",
        "login": {"type": "oauth", "access": "***", "expires": 5},
        "path": "~",
    }


def test_forged_depth_ends() -> None:
    value: list[object] = []
    for _ in range(5000):
        value = [value]
    json.dumps(LINUX.value(value))


def test_control_characters_and_bidi_marks_are_seen_or_gone() -> None:
    assert (
        clean("\x1b[31mred\x1b[0m \x1b]0;title\x07a\x00b\u202egnp\u2066\r\nc\rd\ud800\t")
        == "red a␀b‹U+202E›gnp‹U+2066›\nc\nd\ufffd\t"
    )


def test_secret_cannot_hide_behind_a_colour_or_a_bidi_mark() -> None:
    assert KEY not in clean(LINUX.text(f"sk-proj-\x1b[0m{KEY[8:]}"))
    assert "Zq81hT0a" not in LINUX.text(f"sk-proj-\x1b[1m{KEY[8:]}")


def test_long_lines_are_cut_and_say_so() -> None:
    short, long, last = LINUX.text("short\n" + "x" * 1_000_000 + "\nlast").split("\n")
    assert (short, last, len(long)) == ("short", "last", LONGEST_LINE)
    assert long.endswith("(cut here / 后面已省略)")
