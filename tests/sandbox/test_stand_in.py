"""The stand-in behaves as OpenCode 2 was read (2.0.26) and tried (a pre-release): row by row, seen from outside.

Sources: https://github.com/anomalyco/opencode, packages/core/src (config/discovery.ts, config/normalize.ts,
plugin/provider/ollama.ts, model.ts, session/runner/retry.ts) and packages/server.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from fixtures.sandbox.stand_in.__main__ import words
from fixtures.system import children, loopback
from tests.support.opencode2 import PACKAGE, Answers, block, home, ollama, started, write

CLOUD = ("opencode", "big-pickle")


def run(folder: Path, *argv: str, version: str = "2.0.26") -> subprocess.CompletedProcess[str]:
    setup = home(folder, version=version)
    return subprocess.run(
        [str(setup.which("opencode")), *argv],
        env=setup.env,
        cwd=setup.project,
        capture_output=True,
        text=True,
        timeout=20,
    )


def test_the_version_line_and_an_unknown_word(tmp_path: Path) -> None:
    assert run(tmp_path, "--version").stdout == "opencode v2.0.26\n"
    assert run(tmp_path, "nosuch").returncode == 1
    assert list((tmp_path / "home").rglob("*.log")) == []


def test_the_placeholder_of_a_package_without_its_script(tmp_path: Path) -> None:
    done = run(tmp_path, "--version", version="placeholder")
    assert done.returncode == 1 and "@opencode/cli" in done.stderr


def test_it_is_never_open_and_knows_no_web_page(tmp_path: Path) -> None:
    serve, _, _ = started(home(tmp_path))
    assert loopback.request("GET", serve.url + "/api/model").status == 401
    answer = loopback.request("GET", serve.url + "/app", login=serve.login)
    assert (answer.status, answer.content_type) == (404, "application/json")


@pytest.mark.parametrize(
    ("words", "there", "gone"),
    [
        ("paths=new", "/api/info", "/api/health"),
        ("paths=old", "/api/health", "/api/info"),
        ("paths=third", "/v3/turn", "/api/model"),
    ],
)
def test_its_document_lists_what_it_answers(words: str, there: str, gone: str, tmp_path: Path) -> None:
    serve, _, _ = started(home(tmp_path, words=words))
    paths = serve.get("/openapi.json")["paths"]
    assert there in paths and gone not in paths
    assert loopback.request("GET", serve.url + gone, login=serve.login).status == 404


def catalog(serve: Any) -> list[tuple[str, str]]:
    return [(one["providerID"], one["id"]) for one in serve.get("/api/model")["data"]]


def test_it_finds_ollama_by_itself_some_time_after_its_start(tmp_path: Path) -> None:
    with ollama(Answers()) as port:
        serve, _, _ = started(home(tmp_path, port, words="late=1.0"))
        assert catalog(serve) == [CLOUD]
        deadline = time.monotonic() + 10
        while len(catalog(serve)) == 1 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert catalog(serve) == [CLOUD, ("ollama", "m")]  # an embedding model stays out
        (model,) = [one for one in serve.get("/api/model")["data"] if one["id"] == "m"]
        assert model["limit"]["context"] == 131072  # what the model was trained for


LISTED = [
    ("a provider in version 1's words", {"provider": {"ollama": block("http://127.0.0.1:9/v1")}}, True),
    ("in its own words", {"providers": {"ollama": {"package": f"aisdk:{PACKAGE}", "models": {"m": {}}}}}, True),
    (
        "own words replace the other block",
        {"provider": {"ollama": {"models": {"m": {}}}}, "providers": {"ollama": {"models": {}}}},
        False,
    ),
    ("a list of models", {"provider": {"ollama": {"models": ["m"]}}}, False),
    ("a model that is a text", {"provider": {"ollama": {"models": {"m": "x"}}}}, False),
    ("a limit without output", {"provider": {"ollama": {"models": {"m": {"limit": {"context": 1}}}}}}, False),
    ("an unknown key", {"theme2": 1, "provider": {"ollama": {"models": {"m": {}}, "nonsense": 1}}}, True),
    ("disabled", {"disabled_providers": ["ollama"], "provider": {"ollama": {"models": {"m": {}}}}}, False),
]


@pytest.mark.parametrize(("config", "listed"), [row[1:] for row in LISTED], ids=[row[0] for row in LISTED])
def test_what_it_makes_of_a_config(config: dict[str, Any], listed: bool, tmp_path: Path) -> None:
    setup = home(tmp_path, words="late=60")
    write(setup, config)
    serve, _, _ = started(setup)
    assert (("ollama", "m") in catalog(serve)) is listed


BROKEN = {
    "missing comma": '{"model": "a/b" "x": 1}',
    "smart quotes": "{“model”: 1}",
    "a list at the top": "[]",
    "blanks": "  \n",
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=list(BROKEN))
def test_a_file_that_is_no_object_is_one_line_in_its_log(text: str, tmp_path: Path) -> None:
    """Asked directly: a quiet copy leaves such a file out."""
    setup = home(tmp_path)
    file = write(setup, text)
    env = {**setup.env, "USERPROFILE": str(setup.home), "OPENCODE_CONFIG_PROJECT_DISABLE": "1"}
    process = children.start([str(setup.which("opencode")), "serve", "--port", "0"], env, setup.project)
    assert process.stdout and "server password" in process.stdout.readline()
    assert process.stdout.readline().startswith("server listening on http://127.0.0.1:")
    process.terminate()
    assert process.wait(5) == (1 if os.name == "nt" else 130)  # there a script is ended, and its program with the run
    log = (tmp_path / "home" / ".local" / "share" / "opencode" / "log" / "opencode.log").read_text(encoding="utf-8")
    source = json.dumps(str(file), ensure_ascii=False) if " " in str(file) else str(file)
    assert 'message="configuration normalization diagnostic"' in log and f"source={source} path=$ kind=invalid" in log


DEFAULTS = [
    ({}, CLOUD),
    ({"model": "ollama/m"}, ("ollama", "m")),
    ({"model": "ollama/absent"}, CLOUD),
    ({"model": 42}, CLOUD),
    ({"enabled_providers": ["ollama"]}, ("ollama", "m")),
    ({"disabled_providers": ["opencode"]}, ("ollama", "m")),
    (
        {"experimental": {"policies": [{"action": "provider.use", "resource": "opencode", "effect": "deny"}]}},
        ("ollama", "m"),
    ),
    ({"enabled_providers": "ollama"}, CLOUD),
]


@pytest.mark.parametrize(("config", "default"), DEFAULTS, ids=lambda value: str(value)[:40])
def test_the_default_model(config: dict[str, Any], default: tuple[str, str], tmp_path: Path) -> None:
    setup = home(tmp_path, words="late=60")
    write(setup, {**config, "provider": {"ollama": block("http://127.0.0.1:9/v1")}})
    serve, _, two = started(setup)
    assert two.default_model(serve) == default


def test_a_file_reference_that_leads_nowhere_breaks_the_catalogue(tmp_path: Path) -> None:
    """Asked directly: a quiet copy leaves such a file out."""
    setup = home(tmp_path)
    write(setup, {"provider": {"ollama": block("{file:none}")}})
    env = {**setup.env, "USERPROFILE": str(setup.home), "OPENCODE_PASSWORD": "x"}
    argv = [str(setup.which("opencode")), "serve", "--port", "0"]
    process = children.start(argv, env, setup.project)
    url = process.stdout.readline().split()[-1] if process.stdout else ""
    assert loopback.request("GET", f"{url}/api/model", login=("opencode", "x")).status == 500
    process.terminate()
    process.wait(5)


CHATS = [
    ("an answer", {}, Answers(), None, "small model"),
    ("no scheme", "bare", Answers(), None, "small model"),
    ("an empty reply", {}, Answers(pieces=()), None, ""),
    ("400", {}, Answers(400, "m does not support tools"), "provider.invalid-request", "m does not support tools"),
    ("404", {}, Answers(404), "provider.invalid-request", "404 page not found"),
    ("500 is tried again", {}, Answers(500, "out of memory"), "Retry", "out of memory"),
    ("no npm, another id", {"npm": None}, Answers(), "provider.unsupported", "Unsupported package for local/m"),
    (
        "a misspelt npm",
        {"npm": "@ai-sdk/openai-compatibel"},
        Answers(),
        "provider.unsupported",
        "Unsupported package for local/m",
    ),
    ("no options", {"options": {}}, Answers(), "provider.invalid-request", "undefined/chat/completions"),
]


@pytest.mark.parametrize(
    ("change", "answers", "error", "said"), [row[1:] for row in CHATS], ids=[row[0] for row in CHATS]
)
def test_one_short_prompt(change: Any, answers: Answers, error: str | None, said: str, tmp_path: Path) -> None:
    with ollama(answers) as port:
        setup = home(tmp_path)
        change = {"options": {"baseURL": f"127.0.0.1:{port}/v1"}} if change == "bare" else change
        one = {
            key: value for key, value in {**block(f"http://127.0.0.1:{port}/v1"), **change}.items() if value is not None
        }
        write(setup, {"provider": {"local": one}})
        serve, _, two = started(setup)
        reply = two.chat(serve, "local", "m", 20)
        assert (reply.error, said in (reply.text or reply.message)) == (error, True), reply
        assert reply.seconds < 8
        chats = [body for path, body in answers.requests if path.startswith("/v1")]
        assert all("tools" not in body and body["max_tokens"] == 32000 for body in chats)
        assert not reply.text or len(str(chats[0])) < 616


def test_the_default_agent_sends_twelve_tools(tmp_path: Path) -> None:
    answers = Answers()
    with ollama(answers) as port:
        setup = home(tmp_path)
        write(setup, {"provider": {"local": block(f"http://127.0.0.1:{port}/v1")}})
        serve, _, _ = started(setup)
        session = serve.post("/api/session", {"model": {"providerID": "local", "id": "m"}})["data"]["id"]
        serve.post(f"/api/session/{session}/prompt", {"text": "hi"})
        deadline = time.monotonic() + 10
        while not [1 for path, _ in answers.requests if path.startswith("/v1")] and time.monotonic() < deadline:
            time.sleep(0.05)
        assert len(answers.requests[-1][1]["tools"]) == 12


def test_a_refused_connection_and_a_model_that_is_not_there(tmp_path: Path) -> None:
    setup = home(tmp_path)
    write(setup, {"provider": {"local": block("http://127.0.0.1:9/v1")}})
    serve, _, two = started(setup)
    refused = two.chat(serve, "local", "m", 20)
    assert (refused.error, refused.message) == ("Retry", "HTTP transport failed") and refused.seconds < 3
    assert "Model unavailable: local/x" in two.chat(serve, "local", "x", 20).message


def test_a_prompt_to_the_cloud_is_written_to_a_file_and_goes_nowhere(tmp_path: Path) -> None:
    sink = tmp_path / "sink"
    serve, _, _ = started(home(tmp_path, words=f"sink={sink}"))
    session = serve.post("/api/session", {})["data"]["id"]
    serve.post(f"/api/session/{session}/prompt", {"text": "a secret"})
    deadline = time.monotonic() + 5
    while not (sink.exists() and sink.stat().st_size) and time.monotonic() < deadline:  # it is made, then filled
        time.sleep(0.05)
    assert sink.read_text(encoding="utf-8") == "a secret\n"


def test_a_path_with_a_space_is_a_word_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAND_IN_OPENCODE", r"late=0.2 sink=C:\Users\Li Ming\sink paths=new")
    assert words() == {"late": "0.2", "sink": r"C:\Users\Li Ming\sink", "paths": "new"}
