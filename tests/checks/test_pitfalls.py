"""The pitfall table keeps its promises: complete, in both languages, kind, and never a gap where a value is unknown."""

from __future__ import annotations

import os
import re
from itertools import chain
from pathlib import Path

import pytest

from checks.judging.pitfalls import TABLE as FILES
from checks.judging.pitfalls import VALUES, Pitfall, load
from fixtures.fix.pull import pull_command
from fixtures.fix.server import SERVICES

TABLE = load()
SYSTEMS = ("linux", "macos", "windows")
LESSON = Path(os.environ.get("OLLAMA_CHECKPOINTS_LESSON", ""))
"""The lesson's text, whose sentences are its author's."""
IDS = """
connect-shows-cloud-only config-missing config-wrong-place config-syntax opencode-not-restarted server-not-running
slow-download out-of-memory slow-reply port-in-use ollama-not-installed ollama-not-on-path ollama-too-old
ollama-version-mismatch ollama-incomplete opencode-not-installed opencode-not-on-path opencode-too-old
wrong-opencode opencode-platform-package-missing opencode-needs-avx2 opencode-needs-network plugin-interference
non-ascii-path port-taken-by-other port-reserved-windows server-not-answering ollama-host-mismatch localhost-ipv6
server-on-other-host proxy-captures-localhost config-schema-invalid config-unknown-key config-overridden
config-variable-unset base-url-missing-v1 base-url-wrong npm-package-wrong models-map-missing model-name-mismatch
model-not-downloaded model-lacks-tools tool-call-as-text embedding-model context-too-small
context-set-in-wrong-place gpu-not-used two-model-stores models-dir-unreadable disk-full registry-unreachable
tls-intercepted download-corrupt cloud-model-chosen-silently ollama-cloud-model share-enabled plan-mode
none-config-is-legal
""".split()
NOTHING_TO_TYPE = {"plan-mode", "none-config-is-legal"}
UNKIND = re.compile(r"\b(please|simply|just|obviously)\b|[!！]|请|只需|简单地", re.IGNORECASE)
each = pytest.mark.parametrize("pitfall", TABLE.values(), ids=list(TABLE))


def texts(pitfall: Pitfall) -> list[str]:
    cases = [text for case in pitfall.cases.values() for text in case["fix"].values()]
    return [*pitfall.symptom.values(), *pitfall.why.values(), *pitfall.fix.values(), *cases]


def placeholders(parts: list[str]) -> set[str]:
    return set(chain.from_iterable(re.findall(r"\{(\w+)\}", part) for part in parts)) & VALUES


def test_every_id_of_the_design_is_there() -> None:
    assert set(IDS) <= set(TABLE)


def test_all_seven_rows_of_the_lesson_are_there() -> None:
    assert {pitfall.lesson for pitfall in TABLE.values()} - {None} == set(range(1, 8))


@each
def test_both_languages_say_it_in_own_words(pitfall: Pitfall) -> None:
    for sentence in (pitfall.symptom, pitfall.why, pitfall.fix):
        assert set(sentence) == {"en", "zh"}
        assert not re.search(r"[\u4e00-\u9fff]", sentence["en"]), "Chinese in the English text"
        assert re.search(r"[\u4e00-\u9fff]", sentence["zh"]), "no Chinese in the Chinese text"


@each
def test_nothing_unkind(pitfall: Pitfall) -> None:
    assert not [text for text in texts(pitfall) if UNKIND.search(text)]


@each
def test_the_symptom_is_one_line_for_everybody(pitfall: Pitfall) -> None:
    for line in pitfall.symptom.values():
        assert "\n" not in line and len(line) <= 120
        assert not placeholders([line])


@each
def test_placeholders_are_the_declared_ones(pitfall: Pitfall) -> None:
    tables = [pitfall.commands, *(case["commands"] for case in pitfall.cases.values())]
    commands = [command for table in tables for command in chain.from_iterable(table.values())]
    assert placeholders([*texts(pitfall), *commands]) == set(pitfall.values)
    for text in (pitfall.why, pitfall.fix):
        assert placeholders([text["en"]]) == placeholders([text["zh"]]), "the languages use different values"


@each
def test_there_is_something_to_type_on_every_system(pitfall: Pitfall) -> None:
    assert set(pitfall.commands) in ({"all"}, set(SYSTEMS), set())
    assert bool(pitfall.commands) == (pitfall.id not in NOTHING_TO_TYPE)


@each
@pytest.mark.parametrize("os", SYSTEMS)
def test_no_gap_where_nothing_is_known(pitfall: Pitfall, os: str) -> None:
    remedy = pitfall.remedy({}, os)
    for text in (*remedy.why.values(), *remedy.text.values(), *remedy.commands):
        assert text.strip()
        assert not placeholders([text])
        assert not re.search(r"\bNone\b|  ", text)


@each
@pytest.mark.parametrize("os", SYSTEMS)
def test_every_known_value_is_used(pitfall: Pitfall, os: str) -> None:
    remedy = pitfall.remedy({name: f"<{name}>" for name in VALUES}, os)
    for lang in ("en", "zh"):
        said = " ".join([remedy.why[lang], remedy.text[lang]])
        assert all(f"<{name}>" in said for name in placeholders([pitfall.why[lang], pitfall.fix[lang]]))


def test_one_unknown_value_leaves_out_one_sentence() -> None:
    """And one command: a window that the model was not trained for is not offered."""
    known = TABLE["context-too-small"].remedy(
        {"model": "qwen3:8b", "window": 4096, "minimum": None, "near": "b"}, "linux"
    )
    assert known.why["en"].startswith("qwen3:8b runs with a window of 4096 tokens. OpenCode's instructions")
    assert "needs" not in known.why["en"] and "sibling" not in known.text["en"]
    assert known.commands == ["ollama pull b", "ollama ps"]
    other = TABLE["context-too-small"].remedy({"model": "qwen3:8b", "window": 4096, "minimum": 32768}, "linux")
    assert "qwen3:8b-32k" in other.commands[0] and len(other.commands) == 2 and "trained" not in other.text["en"]


def test_a_value_may_have_both_languages() -> None:
    class Both:
        en, zh = "a web page", "一个网页"

    remedy = TABLE["port-taken-by-other"].remedy({"program": Both(), "pid": 7}, "windows")
    assert "a web page (process 7)" in remedy.why["en"].lower()
    assert "一个网页（进程 7）" in remedy.why["zh"]


@each
def test_no_command_takes_data_away(pitfall: Pitfall) -> None:
    commands = " ; ".join(chain.from_iterable(pitfall.commands.values()))
    assert not re.search(r"\brm\b|\brmdir\b|\bdel\b|Remove-Item (?!Env:)|ollama rm|uninstall|prune|format ", commands)


@each
def test_powershell_gets_no_unix_shell(pitfall: Pitfall) -> None:
    commands = pitfall.remedy({}, "windows").commands
    assert not [command for command in commands if re.search(r"\bexport |\bsudo |\| (ba)?sh\b|^curl ", command)]


CMD = re.compile(r'%\w+%|\bstart ""|^set \w+=|&&|\|\||\bcmd(\.exe)? /c|\bsetx ')
"""What only cmd.exe takes, or PowerShell 5.1 does not: a learner has PowerShell open."""


@each
def test_windows_commands_are_powershells(pitfall: Pitfall) -> None:
    assert not [command for command in pitfall.remedy({}, "windows").commands if CMD.search(command)]


def test_so_are_those_of_the_fixes() -> None:
    assert not [command for _, command in SERVICES["windows"] if CMD.search(command)]
    said = (pull_command("x:1b", pulled, "windows") for pulled in ("x:1b", "room:1/library/x:1b"))
    assert not [command for command in said if CMD.search(command)]


def test_every_file_of_the_table_is_read() -> None:
    assert set(FILES) == set(FILES[0].parent.glob("*.toml"))


def test_a_reason_is_given_where_no_set_up_can_show_it() -> None:
    assert all(len(pitfall.no_setup) > 20 for pitfall in TABLE.values() if pitfall.no_setup is not None)


@pytest.mark.skipif(not LESSON.is_file(), reason="no lesson: OLLAMA_CHECKPOINTS_LESSON=FILE names its text")
def test_no_sentence_of_the_lesson_is_copied() -> None:
    lesson = LESSON.read_text(encoding="utf-8")
    # messages are theirs
    own = (re.sub(r"`[^`]*`", "…", text) for pitfall in TABLE.values() for text in texts(pitfall))
    ours = chain.from_iterable(re.split(r"[。；;.：:]\s*", text) for text in own)
    assert not [sentence for sentence in ours if len(sentence) >= 12 and sentence in lesson]
