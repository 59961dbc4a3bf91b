"""An attempt to leave is matched to its exit, and a verdict says no more than was seen."""
from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from checks.rules import proof
from checks.rules.exit_of import exits_of
from fixtures.ollama.server import Program
from fixtures.opencode.generation import generation
from fixtures.proof.attempt import Attempt, together
from fixtures.proof.measurement import Measurement
from fixtures.proof.subject import Subject, proxies
from fixtures.system.setup import Setup
from tests.support.opencode2 import home, write

CONFIG = {
    "provider": {"lab": {"npm": "@ai-sdk/openai-compatible", "options": {"baseURL": "http://gpu.lab.invalid:8000/v1"},
                         "models": {"m": {}}}},
    "mcp": {"docs": {"type": "remote", "url": "https://mcp.invalid/sse"}},
    "instructions": ["https://rules.invalid/a.md", "local.md"],
}


def subject(folder: Path, leaving: tuple[str, str] | None = None, **env: str) -> Subject:
    setup: Setup = home(folder, **env)
    write(setup, CONFIG)
    one = generation("1.18.33")
    return Subject(setup, one.read_config(setup), one, Program(Path("opencode"), "1.18.33"), None,
                   SimpleNamespace(), (), None, leaving)  # type: ignore[arg-type]


@pytest.mark.parametrize(("attempt", "exits"), [
    (Attempt("opencode", "models.opencode.ai"), ["model-catalogue"]),
    (Attempt("opencode", "opncd.ai"), ["share"]),
    (Attempt("opencode", "gpu.lab.invalid"), ["own-provider"]),
    (Attempt("opencode", "mcp.invalid"), ["mcp-remote"]),
    (Attempt("opencode", "rules.invalid"), ["instructions-url"]),
    (Attempt("opencode", "proxy.invalid"), ["proxy"]),
    (Attempt("opencode", "localhost:11434", via="proxy.invalid:8080"), ["proxy"]),
    (Attempt("opencode", "models.opencode.ai", via="proxy.invalid:8080"), ["model-catalogue"]),
    (Attempt("opencode", "ollama.com", via="ollama", said=("POST /v1/chat/completions",)), ["ollama-cloud-model"]),
    (Attempt("opencode", "ollama.com", via="ollama", said=("POST /api/pull",)), ["ollama-registry"]),
    (Attempt("ollama", "ollama.com"), ["ollama-recommendations"]),
    (Attempt("opencode", "nobody-knows.invalid"), []),
    (Attempt("opencode", "192.0.2.7"), []),
])
def test_an_attempt_has_its_exit(attempt: Attempt, exits: list[str], tmp_path: Path) -> None:
    found = exits_of(attempt, subject(tmp_path, HTTPS_PROXY="http://me:secret@proxy.invalid:8080"))
    assert [one.id for one in found] == exits


def test_what_may_have_been_content_is_called_so(tmp_path: Path) -> None:
    """A title may go where no sentence was sent."""
    assert exits_of(Attempt("opencode", "opencode.ai"), subject(tmp_path / "a"))[0].kind == "content"
    known = exits_of(Attempt("opencode", "api.github.com"), subject(tmp_path / "c", ("opencode", "big-pickle")))
    assert [one.id for one in known] == ["update-check"]


def test_switches_tell_no_password(tmp_path: Path) -> None:
    one = subject(tmp_path, HTTPS_PROXY="http://me:secret@proxy.invalid:8080", OTEL_X="1", OPENCODE_DISABLE_SHARE="1")
    assert one.switches == {
        "HTTPS_PROXY": "http://***@proxy.invalid:8080",
        "OTEL_X": "1",
        "OPENCODE_DISABLE_SHARE": "1",
    }
    assert one.not_judged == ["mcp docs"]
    assert proxies(one.setup.env) == [("proxy.invalid", 8080)]


def test_attempts_of_one_kind_are_one_row() -> None:
    rows = together(
        [
            Attempt("opencode", "a", asked=1, first=2, last=2),
            Attempt("ollama", "a", asked=1, first=1, last=1),
            Attempt("opencode", "a", tried=1, first=5, last=5, ports=("tcp 443",)),
        ]
    )
    assert [(one.by, one.asked, one.tried, one.first, one.last) for one in rows] == [
        ("ollama", 1, 0, 1, 1), ("opencode", 1, 1, 2, 5)]


HELD = {"forbidden": True, "allowed": True}


@pytest.mark.parametrize(
    ("measured", "said"),
    [
        (Measurement("enforced", HELD, 0, 61), "nothing tried to leave in 61 s (enforced)"),
        (Measurement("sink", HELD, 0, 61), "nothing tried to leave in 61 s (sink)"),
        (Measurement("enforced", {"forbidden": False}), "This run proves nothing: a forbidden request was not caught."),
        (
            Measurement("enforced", {**HELD, "allowed": False}),
            "This run proves nothing: a request to Ollama did not pass.",
        ),
        (
            Measurement("observed", {"seen": False}),
            "This run proves nothing: a connection that was made for it was not seen.",
        ),
        (Measurement("enforced", HELD, lost=3), "This run proves nothing: 3 packets came too fast to be read."),
        (
            Measurement("enforced", HELD, error="x\nno such file\n"),
            "This run proves nothing: OpenCode did not start. no such file",
        ),
        (Measurement("enforced", HELD, error=""), "This run proves nothing: OpenCode did not start. ?"),
    ],
)
def test_a_verdict_is_as_strong_as_what_was_measured(measured: Measurement, said: str) -> None:
    assert proof._verdict(measured, []).en == said
    assert measured.holds == said.startswith("nothing tried")


def test_a_fault_of_the_suite_is_no_measurement() -> None:
    class Broken:
        def measured(self, idle: float) -> Any:
            raise RuntimeError("x")

    told = proof.prove(Broken(), 1)  # type: ignore[arg-type]
    assert not told["holds"] and proof.left_with_content(told) and "RuntimeError: x" in told["verdict"]["en"]


def test_nothing_to_measure_and_no_way_to_measure_are_told_apart() -> None:
    none = SimpleNamespace(measured=lambda idle: None, subject=None)
    no_way = SimpleNamespace(
        measured=lambda idle: Measurement("none", {}, passed_over=(("enforced", "forbidden", None),)), subject=1
    )
    assert "no OpenCode that starts" in proof.prove(none, 1)["verdict"]["en"]  # type: ignore[arg-type]
    told = proof.prove(no_way, 1)  # type: ignore[arg-type]
    assert "none of the ways" in told["verdict"]["en"] and told["passed_over"][0]["why"]["en"].startswith("enforced: ")
