"""A real Ollama for Windows: its own answers, its own inference, on the person's own machine."""
from __future__ import annotations

import time

import pytest

from tests.support.windows import ollama
from tests.support.windows.machine import Windows
from tests.support.windows.visit import CONFIG, MODEL, checks, pitfalls, put_on_path, result, write_config

pytestmark = [pytest.mark.real, pytest.mark.windows]


@pytest.fixture(scope="module")
def program(windows: None, learner: Windows, shop: None) -> str:
    """Ollama by its installer, a model, OpenCode by npm, the lesson's config; no server runs."""
    ollama.skip_where_none_can_be_built()
    program = ollama.install(learner, [MODEL])
    assert learner.run("cmd", "/c", "npm.cmd", "install", "--global", "opencode-ai").code == 0
    put_on_path(learner)
    write_config(learner.home / CONFIG, "127.0.0.1")
    return program


@pytest.mark.timeout(ollama.SECONDS + 1800)
def test_it_is_known_without_its_server_and_answers_with_it(learner: Windows, suite: str, program: str) -> None:
    ran = checks(learner, suite, "--lang=en")
    assert pitfalls(result(learner, suite)) == {"server-listening": "server-not-running"}, ran.out
    learner.start(program, "serve")
    time.sleep(10)  # Wine starts it in two
    ran = checks(learner, suite, "--lang=zh")
    found = result(learner, suite)
    assert (ran.code, found["checkpoints"]["passed"]) == (0, 5), ran.raw.decode("gbk", "replace")
    told = {one["id"]: one for one in found["checks"]}
    assert "0.34.0" in told["ollama-version"]["found"]["en"]
    assert (told["context-window"]["pitfall"], told["reply-speed"]["status"]) == ("context-too-small", "passed")
    assert told["chat-reply"]["evidence"]["text"]
