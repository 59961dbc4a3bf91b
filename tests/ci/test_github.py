"""GitHub's face: annotations and summary say what to do, and nothing in them is obeyed or rendered as markup."""
from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from checks.judging.finding import failed, passed
from checks.judging.graph import checks
from fixtures.system.sentences import Text
from reports.ci import github
from reports.ci import summary as github_summary
from reports.screen import Screen
from tests.conftest import Ran
from tests.support.breaking import KEY, bare
from tests.support.github_results import AGAIN, EN, ZH, record, result


def read(line: str) -> tuple[str, dict[str, str], str]:
    """A command as the runner reads it (actions/runner, ActionCommand.TryParseV2): kind, properties, message."""
    found = re.fullmatch(r"::([a-z-]+)(?: ([^\n]*?))?::([^\n\r]*)", line)
    assert found, line
    pairs = [pair.split("=", 1) for pair in (found[2] or "").split(",") if pair]
    return found[1], {name: _decoded(value) for name, value in pairs}, _decoded(found[3])


def _decoded(text: str) -> str:
    for code, char in {"%2C": ",", "%3A": ":", "%0A": "\n", "%0D": "\r", "%25": "%"}.items():
        text = text.replace(code, char)
    return text


@given(st.text(), st.text(min_size=1, max_size=100))
@example("100%25 %0A::error::x\r\ny", "a,line=9:: b%3A")
def test_a_command_is_one_line_and_reads_back(message: str, title: str) -> None:
    kind, properties, told = read(github.command("error", message, title=title))
    assert kind == "error"
    assert told.split("\n") == "\n".join(message.splitlines()).split("\n")
    assert properties.get("title", "") == "\n".join(title.splitlines())


def test_each_kind_of_status_has_its_annotation() -> None:
    records = {"server-listening": "failed", "chat-reply": "advice", "config-valid": "fixed", "disk-space": "passed"}
    done = result(*(record(id, status) for id, status in records.items()))
    assert [read(line)[0] for line in github.annotations(done, {}, EN, AGAIN)] == ["error", "warning", "notice"]
    strict = result(record("chat-reply", "advice"), strict=True)
    assert [read(line)[0] for line in github.annotations(strict, {}, EN, AGAIN)] == ["error"]


@pytest.mark.parametrize(("screen", "words"), [(EN, ("seen: ", "why: ", "do: ")), (ZH, ("现象: ", "原因: ", "做法: "))])
def test_an_annotation_says_what_to_do(screen: Screen, words: tuple[str, ...]) -> None:
    (line,) = github.annotations(result(record("server-listening", text="ollama serve")), {}, screen, AGAIN)
    _, properties, message = read(line)
    assert all(word in message for word in words)
    assert message.endswith("\nollama serve")
    assert "server-listening server-not-running" in properties["title"]
    assert "file" not in properties


def test_at_most_ten_of_a_kind_and_the_first_remedy_among_them() -> None:
    every = [record(id) for id in checks()]
    lines = [read(line) for line in github.annotations(result(*every, first="stays-local"), {}, EN, AGAIN)]
    assert len(lines) == 10
    assert "stays-local" in lines[0][1]["title"]
    assert lines[-1][2] == f"{len(every) - 9} more: see the job summary"


def test_a_place_is_a_file_only_inside_the_workspace(tmp_path: Path) -> None:
    name = "a,b;c.json" if os.name == "nt" else "a,b:c.json"  # no file of Windows has a colon
    inside, outside = tmp_path / "space" / name, tmp_path / "home" / "opencode.json"
    for file in (inside, outside):
        file.parent.mkdir()
        file.write_text("{}", encoding="utf-8")
    findings = {
        "config-valid": failed("config-syntax", Text("x", "x"), file=str(inside), line=7, column=1),
        "config-found": failed("config-syntax", Text("y", "y"), file=str(outside), line=3),
        "names-agree": failed("config-syntax", Text("z", "z"), file=str(tmp_path / "space" / "to-be-made.json")),
        "chat-reply": passed(Text("fine", "好")),
    }
    found = github.places(findings, str(tmp_path / "space"), lambda text: text.replace(str(tmp_path), "~"))
    assert found["config-valid"] == github.Place(f"{Path('~/space', name)}:7", name, 7)
    assert found["config-found"] == github.Place(f"{Path('~/home/opencode.json')}:3")
    assert found["names-agree"].file is None
    assert "chat-reply" not in found
    lines = {read(line)[1]["title"].split()[1]: read(line) for line in
             github.annotations(result(record("config-valid"), record("config-found")), found, EN, AGAIN)}
    assert (lines["config-valid"][1]["file"], lines["config-valid"][1]["line"]) == (name, "7")
    assert f"{Path('~/home/opencode.json')}:3" in lines["config-found"][2]


def test_paths_are_told_from_the_workspace_and_commands_stay_whole() -> None:
    text = "/the/space/opencode.json:7 in /the/spaces"
    told = github.nearer(result(record("config-valid", text=text)), "/the/space/")
    one = next(one for one in told["checks"] if one["id"] == "config-valid")
    assert one["found"]["en"] == "opencode.json:7 in /the/spaces"
    assert one["remedy"]["commands"] == [text]


@given(st.text())
def test_text_stays_text_in_markdown(text: str) -> None:
    told = github_summary.plain(text).replace("<span>@</span>", "")
    assert not re.search(r"[\\`*_\[\]<>|~@$\n\r]", told)
    assert "://" not in told and "www." not in told.lower()


@given(st.text(alphabet="`a\n", max_size=40))
def test_a_fence_is_longer_than_what_it_holds(text: str) -> None:
    lines = github_summary.fence(text).splitlines()
    assert lines[0] == lines[-1] and set(lines[0]) == {"`"} and len(lines[0]) >= 3
    assert lines[0] not in "\n".join(lines[1:-1])


def test_the_summary_says_what_to_type_before_what_was_seen(tmp_path: Path) -> None:
    file = tmp_path / "summary.md"
    file.write_text("of another program\n", encoding="utf-8")
    assert github_summary.write(str(file), result(record("server-listening", text="ollama serve")), EN, AGAIN) is None
    text = file.read_text(encoding="utf-8")
    assert text.startswith("of another program\n## A local model in OpenCode")
    order = ("```\nollama serve\n```", f"```\n{AGAIN}\n```", "| 2 | Ollama serves its address | FAIL |")
    places = [text.index(part) for part in order]
    assert places == sorted(places)
    assert "waits for step" not in text


def test_the_summary_stays_below_the_limit(tmp_path: Path) -> None:
    file = tmp_path / "summary.md"
    file.write_text("x" * (github_summary.MOST_BYTES - 3000), encoding="utf-8")
    github_summary.write(str(file), result(record("server-listening", text="长" * 500_000)), ZH, AGAIN)
    assert file.stat().st_size <= github_summary.MOST_BYTES
    assert "report.html" in file.read_text(encoding="utf-8")[-100:]


def test_a_summary_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    said: list[str] = []
    step = github.Step({"GITHUB_STEP_SUMMARY": str(tmp_path)}, said.append)
    step.tell(result(), {}, EN, AGAIN)
    assert read(said[-1])[:2] == ("warning", {"title": "GITHUB_STEP_SUMMARY"})


def test_a_crash_and_a_broken_fixture_on_github(tmp_path: Path, run_checks: Callable[..., Ran]) -> None:
    summary = tmp_path / "summary.md"
    env = bare(tmp_path, GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary), GITHUB_WORKSPACE=str(tmp_path))
    ran = run_checks("-p", "tests.support.breaking", "--lang=en", env=env)
    assert ran.code == 1
    obeyed = commands(ran.out)
    print("\n".join(obeyed))
    errors = {read(line)[1]["title"]: read(line)[2] for line in obeyed}
    assert "RuntimeError" in errors["CRASH opencode-version"] and "call" in errors["CRASH opencode-version"]
    assert "RuntimeError: fixture" in errors["CRASH disk-space"]
    text = summary.read_text(encoding="utf-8")
    assert "Do this first" in text and "<script>d</script>" not in re.sub(r"(?s)(```+).*?\1", "", text)
    for leak in (KEY, "wangxiaoming"):
        assert leak not in ran.out + text


def commands(out: str) -> list[str]:
    """What a runner obeys of a step's output: nothing between `stop-commands` and its word."""
    word, obeyed = None, []
    for line in out.splitlines():
        if word is None and line.startswith("::stop-commands::"):
            word = line.removeprefix("::stop-commands::")
        elif word is not None and line == f"::{word}::":
            word = None
        elif word is None and (line.lstrip().startswith("::") or "##[" in line and not line.startswith("::")):
            obeyed.append(line)
    assert word is None
    return obeyed


def test_nothing_of_github_elsewhere(tmp_path: Path, run_checks: Callable[..., Ran]) -> None:
    ran = run_checks("-k", "disk", env=bare(tmp_path))
    assert "::" not in ran.out


def test_the_word_cannot_be_guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    words = {github.Step({}, lambda line: None).word for _ in range(100)}
    assert len(words) == 100 and all(len(word) == 32 for word in words)


HEADINGS = {"fix": "What the fix did", "fix-plan": "What a fix would do", "undo": "What was taken back"}


@pytest.mark.parametrize(("mode", "heading"), HEADINGS.items())
def test_the_summary_shows_what_was_changed(mode: str, heading: str) -> None:
    fix = {"check": "config-valid", "action": {"en": "set baseURL", "zh": "改"}, "outcome": "done", "undo": None,
           "changed": [{"path": "~/opencode.json", "diff": "-a\n+b"}]}
    done = result(record("config-valid", "fixed"), fixes=[fix])
    done["run"]["mode"] = mode
    text = "\n".join(github_summary.sections(done, EN, AGAIN))
    assert f"### {heading}\n" in text and "set baseURL (done)" in text and "```diff\n-a\n+b\n```" in text
