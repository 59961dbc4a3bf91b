"""Redaction of whole runs, of texts as long as a server may send, and of whatever hypothesis thinks of."""
from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.judging.finding import failed
from fixtures.system.sentences import same
from reports.page import page
from reports.result import Collector
from tests.support.redactors import CHINESE, KEY, LINUX, WINDOWS


def test_planted_secrets_are_in_no_file_of_a_run() -> None:
    """They come by config, environment and a server's answer, and would go into evidence, sights and commands."""
    planted = rf"{KEY} /home/wang.xiaoming/x wang.xiaoming lab-pc-17 Pa55word plain-looking-value C:\\Users\\li.si\\x"
    run = {"mode": "verify", "target": "machine", "strict": False, "selected": False}
    collector = Collector(run, "zh", "wang.xiaoming", f"pytest {planted}", LINUX)
    finding = failed("server-not-running", same(planted), same(planted), address=planted)
    collector.take("server-listening", finding.seen(answer=planted, **{planted: [planted]}), 0.1)
    collector.crashed("config-valid", 0.1, planted)
    result = collector.result(1)
    written = json.dumps(result, ensure_ascii=False) + page.render(result)
    secrets = (KEY, "wang.xiaoming", "lab-pc-17", "Pa55word", "plain-looking-value", "li.si")
    assert [secret for secret in secrets if secret.lower() in written.lower()] == []


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "/",
        "\\",
        "/home/",
        "sk-",
        "\x1b[",
        "token:",
        '"apiKey": "',
        "a://",
        "eyJaaaaaa.",
        "-----BEGIN A PRIVATE KEY-----",
    ],
)
def test_megabyte_on_one_line_costs_milliseconds(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    started = time.process_time()
    WINDOWS.text(text)
    LINUX.text(text)
    assert time.process_time() - started < 1.5


PIECES = st.sampled_from(
    [
        "/home/wang.xiaoming",
        "wang.xiaoming",
        "sk-" + "a1" * 10,
        '"apiKey": "',
        '"',
        "\\",
        "Bearer ",
        "token=",
        "abcdefgh",
        " ",
        "\n",
        "://",
        "@",
        "Authorization: ",
        "\x1b[1m",
        "\u202e",
        "***",
        "~",
        "{env:",
        "}",
        "/",
        "%2F",
        "C:\\Users\\",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=20).map("".join))
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    once = LINUX.text(text)
    assert LINUX.text(once) == once


@settings(max_examples=200, deadline=None)
@given(
    before=st.text(max_size=20),
    after=st.text(max_size=20),
    secret=st.sampled_from(["given-secret", "plain-looking-value", "wang.xiaoming", "王小明"]),
)
def test_planted_secret_appears_nowhere(before: str, after: str, secret: str) -> None:
    redactor = CHINESE if secret == "王小明" else LINUX
    text = redactor.text(f"{before} {secret} {after}")
    assert secret not in text
