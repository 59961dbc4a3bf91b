"""One real task through the real OpenCode: what each kind of answer is called, and that nothing else can act."""
from __future__ import annotations

import dataclasses
import json
import os
from pathlib import Path

import pytest

from checks.judging.finding import Finding
from checks.judging.graph import Judgements
from fixtures.facts.facts import Facts
from fixtures.opencode import task
from fixtures.opencode.relay import Passage, Relay
from fixtures.programs.programs import ProgramMissing, Programs
from fixtures.sandbox.opencodes import stand_in
from fixtures.system import loopback
from fixtures.system.setup import Setup
from tests.support.scripted_model import EDIT, NAME, scripted

OUTCOMES = {
    "changes": ("passed", None, "changed"),
    "reads": ("advice", "no-tool-call", "unfinished"),
    "shell": ("advice", "no-tool-call", "unfinished"),
    "outside": ("advice", "no-tool-call", "unfinished"),
    "printed": ("advice", "tool-call-as-text", "printed"),
    "malformed": ("advice", "tool-call-malformed", "malformed"),
    "half": ("advice", "tool-call-malformed", "malformed"),
    "thinking": ("advice", "thinking-only-answer", "thinking"),
    "words": ("advice", "no-tool-call", "words"),
}
"""Script -> status, pitfall, and the outcome's name."""


def facts_of(folder: Path, port: int, opencode: Path) -> Facts:
    """A person with that OpenCode and the lesson's config, whose server is at this port."""
    home = folder / "home"
    (home / ".config" / "opencode").mkdir(parents=True)
    (folder / "project").mkdir()
    provider = {"npm": "@ai-sdk/openai-compatible", "options": {"baseURL": f"http://127.0.0.1:{port}/v1"},
                "models": {NAME: {}}}
    config = {"model": f"ollama/{NAME}", "provider": {"ollama": provider}}
    (home / ".config" / "opencode" / "opencode.json").write_text(json.dumps(config), encoding="utf-8")
    env = {"PATH": os.pathsep.join([str(opencode), os.environ["PATH"]]), "HOME": str(home)}
    return Facts(Setup(env, home, folder / "project", "rehearse", port=port), lambda machine: "better:8b", full=True)


def real() -> Path:
    programs = Programs(dict(os.environ))
    try:
        return programs.opencode().parent
    except ProgramMissing as error:
        pytest.skip(f"no OpenCode: {error.en}")
    finally:
        programs.close()


def judged(facts: Facts) -> Finding:
    return Judgements(facts).of("tools-work")


@pytest.mark.real
@pytest.mark.parametrize("script", OUTCOMES)
def test_what_a_task_shows(script: str, tmp_path: Path, record_property: pytest.RecordProperty) -> None:
    with scripted(script) as port:
        found = judged(facts_of(tmp_path, port, real()))
    record_property("seconds", found.evidence.get("seconds"))
    print(found)
    assert (found.status, found.pitfall, found.evidence.get("outcome")) == OUTCOMES[script]
    assert not [file for file in tmp_path.rglob("*escaped*")]


@pytest.mark.real
def test_a_prompt_that_was_cut(tmp_path: Path) -> None:
    with scripted("words", read=4096, window=4096) as port:
        found = judged(facts_of(tmp_path, port, real()))
    assert (found.pitfall, found.evidence["outcome"]) == ("context-too-small", "cut")


@pytest.mark.real
def test_nothing_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(task, "LIMIT_SECONDS", 6.0)
    with scripted("silent") as port:
        found = judged(facts_of(tmp_path, port, real()))
    assert (found.pitfall, found.evidence["outcome"]) == ("slow-reply", "timeout")
    assert "until the first word" in found.found.en


def test_without_full_it_is_not_tried(tmp_path: Path) -> None:
    with scripted("changes") as port:
        facts = facts_of(tmp_path, port, stand_in("2.0.26", tmp_path / "bin"))
        facts.full = False
        found = judged(facts)
    assert found.status == "skipped" and "--full" in found.found.en


@pytest.mark.parametrize(("script", "outcome"), [("malformed", "malformed"), ("printed", "printed")])
def test_version_2(script: str, outcome: str, tmp_path: Path) -> None:
    """The stand-in for OpenCode 2 runs no tools; what the model says is followed all the same."""
    with scripted(script) as port:
        found = judged(facts_of(tmp_path, port, stand_in("2.0.26", tmp_path / "bin")))
    assert found.evidence["outcome"] == outcome


@pytest.mark.parametrize(("name", "given", "passes"), [
    ("edit", EDIT, True), ("read", {"filePath": "greeting.txt"}, True), ("bash", {"command": "ls"}, False),
    ("read", {"filePath": "/etc/passwd"}, False), ("write", {"filePath": "../x", "content": ""}, False),
    ("read", {"path": "~/x/../../../etc/passwd"}, False), ("webfetch", {"url": "http://example.org"}, False),
    ("task", {}, False), ("edit", None, False),
])
def test_which_calls_may_act(name: str, given: dict[str, str] | None, passes: bool, tmp_path: Path) -> None:
    relay = Relay("http://127.0.0.1:9/v1", tmp_path)
    try:
        assert relay.may_pass({"name": name, "arguments": json.dumps(given)}) is passes
    finally:
        relay.close()


def test_no_other_machine_is_asked(tmp_path: Path) -> None:
    with pytest.raises(loopback.NotLocal):
        Relay("http://gpu-box.example:11434/v1", tmp_path)


def test_a_passage_reads_whole_and_streamed_answers() -> None:
    passage = Passage()
    for delta in ({"reasoning": "hm"}, {"content": "a"}, {"tool_calls": [{"index": 0, "function": {"name": "edit"}}]},
                  {"tool_calls": [{"index": 0, "function": {"arguments": '{"a": 1}'}}]}):
        passage.take({"choices": [{"delta": delta}], "usage": {"prompt_tokens": 7}})
    assert (passage.text, passage.thought, passage.read, passage.malformed) == ("a", "hm", 7, False)
    assert passage.calls == {0: {"name": "edit", "arguments": '{"a": 1}'}}
    assert dataclasses.replace(passage, calls={0: {"name": "edit", "arguments": '{"a'}}).malformed
