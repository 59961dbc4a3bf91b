"""Which line of a text is an error, which of two errors is the cause, and what a failed request tells."""
from __future__ import annotations

import pytest

from reports.explain.clues import clues
from reports.explain.errors import error_lines, innermost
from reports.explain.explain import explain


@pytest.mark.parametrize("line", [
    "Error: could not connect to ollama server",
    "[ERROR] You did not use a tool",
    "> EACCES: permission denied, mkdir '/home/x/.local/share/opencode'",
    "[GIN] 2026/01/28 - 23:40:13 | 404 |  3.2µs | 127.0.0.1 | POST \"/v1/messages\"",
    'level=ERROR source=sched.go:457 msg="error loading llama server"',
    "'export' is not recognized as an internal or external command",
    "'export' 不是内部或外部命令，也不是可运行的程序",
    '{"error":"model requires more system memory"}',
    "ProviderModelNotFoundError: Model not found: ollama/x",
    "npm ERR! code E404",
    "llama runner process has terminated: exit status 2",
])
def test_a_line_that_a_program_printed(line: str) -> None:
    assert error_lines(f"It worked for two days.\n{line}\nWhat now?") == line


@pytest.mark.parametrize("line", [
    "It fails and I do not know why, there is some error or other.",
    "offline, since two days, nothing works",
    '"baseURL": "http://localhost:11434/v1"',
    "ollama version is 0.34.0",
    "我昨天更新了版本，现在报错",
])
def test_what_a_person_says_or_a_config_holds_is_none(line: str) -> None:
    assert error_lines(line) == ""


@pytest.mark.parametrize(("text", "rest"), [
    ("llama runner process has terminated: exit status 0xc0000409 error loading model: unknown",
     "error loading model: unknown"),
    ("llama-server process has terminated: exit status 2 CUDA error: no device", "CUDA error: no device"),
    ("HTTP 502 — upstream said: HTTP error 404: Not Found", "error 404: Not Found"),
    ("llama runner process has terminated: exit status 2", "llama runner process has terminated: exit status 2"),
    ("llama runner process has terminated: signal: killed", "llama runner process has terminated: signal: killed"),
    ("502 Bad Gateway from the proxy", "502 Bad Gateway from the proxy"),
])
def test_the_reason_beats_the_number_and_the_inner_error_the_outer(text: str, rest: str) -> None:
    assert innermost(text) == rest


@pytest.mark.parametrize(("text", "clue"), [
    ('| 404 | 2µs | 127.0.0.1 | POST "/chat/completions"', "path-without-v1"),
    ("GET http://127.0.0.1:11434/models 404", "path-without-v1"),
    ("POST /models\n404 page not found", "path-without-v1"),
    ('| 404 | 2µs | 127.0.0.1 | POST "/v1/messages?beta=true"', "path-too-new"),
    ('| 404 | 2µs | 127.0.0.1 | POST "/v1/chat/completions"', "path-below-v1"),
    ('| 404 | 2µs | 127.0.0.1 | POST "/v1/v1/chat/completions"', "path-doubled"),
    ('| 404 | 2µs | 127.0.0.1 | POST "/api/chat"', "model-not-there"),
    ("404 Not Found for url 'http://localhost:11434/api/generate'", "model-not-there"),
    ("dial tcp 127.0.0.1:11434: connectex: Es konnte keine Verbindung hergestellt werden", "refused-here"),
    ("127.0.0.1:11434 [WinError 10061]", "refused-here"),
    ("[Errno 111] Connection refused", "refused-by-number"),
    ('| 403 | 2µs | 127.0.0.1 | OPTIONS "/api/chat"', "origin-forbidden"),
    ('"limit": { "context": 16384, "output": 0 }', "no-room-to-talk"),
    ('{ "settings": { "ollama": { "baseURL": "http://localhost:11434/v1" } } }', "foreign-key"),
])
def test_clues_of_a_failed_request_and_of_a_config(text: str, clue: str) -> None:
    assert f"clue:{clue}" in list(clues(text))


@pytest.mark.parametrize("text", [
    "GET /v1/models 200",
    "dial tcp 192.168.1.9:11434: connectex: timed out",
    'OPTIONS "/api/chat" 204',
    '"limit": { "context": 65536, "output": 8192 }',
    '{ "provider": { "ollama": { "options": { "baseURL": "http://localhost:11434/v1" }, "models": { "a": {} } } } }',
    '{ "error": { "details": { "code": 1 } } }',
])
def test_no_clue_where_nothing_is_wrong(text: str) -> None:
    wrong = "path- refused- origin- no-room foreign-key unknown-key".split()
    assert not [clue for clue in clues(text) if clue.removeprefix("clue:").startswith(tuple(wrong))]


def test_an_error_line_beats_the_words_around_it() -> None:
    words = "Offline for two days, behind a company proxy, after an update to another version of the plugin.\n"
    line = "Error: registry.ollama.ai/library/gemma2:9b does not support tools"
    assert explain(words + line)[0].pitfall.id == explain(line)[0].pitfall.id == "model-lacks-tools"


def test_words_say_less_beside_an_error_that_nobody_knows() -> None:
    words = "Offline for two days with ollama."
    alone = {match.pitfall.id: match.weight for match in explain(words)}
    beside = {match.pitfall.id: match.weight for match in explain(f"{words}\nError: flux capacitor misaligned")}
    assert alone and all(beside.get(id, 0.0) < weight for id, weight in alone.items())
