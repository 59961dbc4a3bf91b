"""The terminal's face: widths, languages, what is shown first."""
from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from checks.judging.finding import advice, blocked, failed, passed
from checks.judging.graph import checks
from fixtures.system.sentences import Text, same
from reports.redact.redact import Redactor
from reports.result import Collector
from reports.screen import Screen, columns, cut, wrap
from reports.terminal import render
from tests.conftest import validator
from tests.support import result_samples as samples


@pytest.fixture
def result(tmp_path: Any) -> dict[str, Any]:
    """A stopped server, put together by the collector itself."""
    run = {"mode": "verify", "target": "machine", "strict": False, "selected": False}
    collector = Collector(run, "en", None, "pytest checks", Redactor({}, tmp_path))
    for id in checks():
        needs_server = id in ("model-downloaded", "model-fits", "model-tools", "names-agree", "chat-reply",
                              "context-window", "reply-speed")
        collector.take(id, blocked("server-listening") if needs_server else passed(Text("0.34.0", "0.34.0")), 0.1)
    gone = Text("nothing listens on http://127.0.0.1:11434", "http://127.0.0.1:11434 无人监听")
    collector.take("server-listening", failed("server-not-running", gone, address="http://127.0.0.1:11434"), 0.1)
    collector.take("stays-local",
                   advice("share-enabled", Text("share is auto", "share 是 auto"), file="f", line=1, seen="auto"), 0.1)
    return collector.result(1)


def test_a_sound_sandbox_says_what_was_proven_and_what_comes_next() -> None:
    result = samples.healthy()
    assert "proven" not in "\n".join(render(result, Screen("en", 80), "python3 checks", None))
    result["run"]["target"] = "sandbox"
    said = render(result, Screen("en", 80), "python3 checks --sandbox", None)
    assert "  proven: the real programs talk to a model here. For your own: python3 checks" in said
    broken = samples.stopped_server()
    broken["run"]["target"] = "sandbox"
    assert "proven" not in "\n".join(render(broken, Screen("en", 80), "python3 checks --sandbox", None))


def test_the_result_meets_the_schema(result: dict[str, Any]) -> None:
    validator().validate(result)
    assert (result["verdict"], result["first"],
            result["checkpoints"]) == ("failed", "server-listening", {"passed": 3, "of": 5})


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width", [40, 60, 80])
def test_no_line_is_wider_than_the_window(lang: str, width: int, result: dict[str, Any]) -> None:
    for line in render(result, Screen(lang, width), "pytest checks", "reports/out/report.html"):
        assert columns(line) <= max(width, 72), line


def test_the_first_thing_to_do_comes_before_the_rest(result: dict[str, Any]) -> None:
    text = "\n".join(render(result, Screen("en"), "pytest checks", None))
    assert text.index("DO THIS FIRST") < text.index("ollama serve") < text.index("stays-local:")
    assert "FAIL" in text and "waits for step 3" in text and "3 of 5 checkpoints passed" in text


def test_quiet_is_the_remedy_and_the_verdict(result: dict[str, Any]) -> None:
    text = "\n".join(render(result, Screen("zh"), "pytest checks", None, quiet=True))
    assert "先做这一步" in text and "ollama serve" in text and "安装" not in text


def test_a_sound_run_says_so(result: dict[str, Any]) -> None:
    sound = copy.deepcopy(result)
    for one in sound["checks"]:
        one.update(status="passed", found=one["found"] or {"en": "", "zh": ""}, blocked_by=None)
    sound.update(verdict="passed", first=None, checkpoints={"passed": 5, "of": 5})
    assert "all 5 of 5 checkpoints passed" in "\n".join(render(sound, Screen("en"), "pytest checks", None))


def _said(result: dict[str, Any], lang: str) -> str:
    return " ".join(" ".join(render(result, Screen(lang, 200), "pytest checks", None)).split())


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_screen_that_opens_online_is_told_at_the_end(lang: str) -> None:
    """By two ways out: what to choose there, and the line that opens it on the person's own."""
    told = _said(samples.opens_online(lang), lang)
    assert "opencode/big-pickle" in told and "/models" in told and '"model": "ollama/qwen2.5-coder:7b"' in told
    for other in (samples.opens_online(lang, target="sandbox"), samples.healthy(lang), samples.stopped_server(lang)):
        assert "big-pickle" not in _said(other, lang)


@pytest.mark.parametrize("encoding", ["ascii", "gbk", "latin-1", "utf-8"])
def test_every_line_can_be_encoded(encoding: str, result: dict[str, Any]) -> None:
    for lang in ("en", "zh") if encoding in ("gbk", "utf-8") else ("en",):
        for line in render(result, Screen(lang, encoding=encoding), "pytest checks", None):
            line.encode(encoding)


def test_chinese_counts_two_columns() -> None:
    assert columns("服务 ok") == 7 and columns(cut("服务在监听", 7)) <= 7
    assert all(columns(line) <= 20 for line in wrap("这是一个很长的句子，用来检查换行是否正确。http://127.0.0.1:11434/v1", 20))
    told = "只在这个窗口里：先输入$env:OLLAMA_NO_CLOUD，再（在同一个窗口里）启动`serve`。"
    assert all("$env:OLLAMA_NO_CLOUD" in "\n".join(wrap(told, width)) for width in range(24, 60)), "typed as one word"


@pytest.mark.parametrize(("system", "line"), [
    ("linux", 'export PATH="$HOME/.local/bin:$PATH"'), ("windows", '$env:PATH = "$HOME/.local/bin;$env:PATH"')])
def test_home_in_a_command_is_one_that_a_shell_knows(system: str, line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reports.result.this_system", lambda: system)
    home = Path("/home/somebody")
    collector = Collector({"mode": "verify", "target": "machine", "strict": False, "selected": False}, "en", None,
                          "pytest checks", Redactor({}, home))
    collector.take("ollama-version", advice("ollama-not-on-path", same("0.34.0"), file=f"{home}/.local/bin"), 0.1)
    assert collector.record("ollama-version")["remedy"]["commands"][0] == line


STEP = {"check": "server-listening", "action": {"en": "start", "zh": "启动"}, "changed": [], "undo": {"en": "", "zh": ""},
        "outcome": "planned"}


@pytest.mark.parametrize(("mode", "fixes", "said"), [
    ("fix-plan", [STEP], "then   pytest checks --fix --mirror=http://room:1"),
    ("fix-plan", [], "--fix would do nothing; your part is below."),
    ("fix", [], "There is nothing that --fix can do; your part is below."),
])
def test_a_plan_ends_in_the_next_command_or_in_whose_turn_it_is(
    mode: str, fixes: list[Any], said: str, result: dict[str, Any]
) -> None:
    told = {**result, "run": {**result["run"], "mode": mode}, "fixes": fixes}
    text = "\n".join(render(told, Screen("en"), "pytest checks", None,
                            fix="pytest checks --fix --mirror=http://room:1"))
    assert said in text and ("DO THIS FIRST" in text) is not bool(fixes)


def test_commands_are_never_wrapped(result: dict[str, Any]) -> None:
    again = f"pytest checks --rehearse={'x' * 90}"
    assert f"  then   {again}" in render(result, Screen("en"), again, None)
