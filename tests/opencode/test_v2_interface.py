"""OpenCode 2 on a quiet copy, spoken to by its document: what it dropped, both interfaces, an unknown one."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from fixtures.jsonc.parse import parse
from fixtures.ollama.server import Model
from fixtures.opencode.v2.api import Api, UnknownApi
from tests.support.opencode2 import Answers, home, ollama, put, started, write


def test_the_log_tells_what_was_dropped_and_where(tmp_path: Path) -> None:
    """A model's own name holds dots: the longest key that is there is taken."""
    setup = home(tmp_path)
    write(setup, {"provider": {"my.own": {"npm": 3}, "fine": {}}})
    serve, config, two = started(setup)
    ((source, path, _),) = two.dropped(serve, config)
    assert (source.label, path) == (str(setup.opencode_config / "opencode.json"), ("provider", "my.own"))


@pytest.mark.parametrize("words", ["paths=new", "paths=old"])
def test_either_interface_is_spoken(words: str, tmp_path: Path) -> None:
    with ollama(Answers()) as port:
        setup = home(tmp_path, port, words=f"{words} late=0.3")
        serve, config, two = started(setup)
        found = two.providers(serve, ("ollama", "m"))
        assert found.listed["ollama"] == ("Ollama", ("m",)) and two.window(serve, config, "ollama", "m", True) == 131072
        assert "small model" in two.chat(serve, "ollama", "m", 20).text


def test_an_unknown_interface_is_called_so(tmp_path: Path) -> None:
    serve, _, two = started(home(tmp_path, words="paths=third"))
    found = two.providers(serve, None)
    assert found.unknown_api and not found.listed
    assert two.default_model(serve) is None
    assert two.chat(serve, "ollama", "m", 5).error == "UnknownApi"
    with pytest.raises(UnknownApi):
        Api(serve)


RUNS = "plugin plugins mcp skills reference references instructions lsp formatter command commands"
"""Keys that run code or fetch."""


def test_what_runs_code_or_fetches_is_taken_out(tmp_path: Path) -> None:
    setup = home(tmp_path)
    (setup.opencode_config / "key").write_text("k", encoding="utf-8")
    runs = {key: ["x"] for key in RUNS.split()}
    write(
        setup,
        {
            **runs,
            "provider": {"evil": {"npm": "file:///evil.js", "models": {}}},
            "providers": {"bad": {"package": "/evil", "settings": {"baseURL": "{file:key}"}}},
        },
    )
    serve, config, _ = started(setup)
    (copy,) = [
        file for file in (serve.folder / "config" / "opencode").iterdir() if "evil" in file.read_text(encoding="utf-8")
    ]
    text = copy.read_text(encoding="utf-8")
    kept = parse(text).value
    assert kept["provider"]["evil"] == {"models": {}} and "package" not in kept["providers"]["bad"]
    assert not set(runs) & set(kept)
    assert kept["providers"]["bad"]["settings"]["baseURL"] == f"{{file:{setup.opencode_config / 'key'}}}"
    assert (serve.folder / "bin" / ("rg.cmd" if os.name == "nt" else "rg")).is_file()


def test_a_config_above_the_copy_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Version 2 walks up to the root: below somebody's config, the project is handed over as one text."""
    above = tmp_path / "above"
    put(above / "opencode.json", {"model": "ollama/foreign", "provider": {"ollama": {"models": {"foreign": {}}}}})
    monkeypatch.setattr(tempfile, "tempdir", str(above))
    setup = home(tmp_path / "person", words="late=60")
    put(setup.project / "opencode.json", {"model": "ollama/ours", "provider": {"ollama": {"models": {"ours": {}}}}})
    serve, _, two = started(setup)
    assert serve.folder.is_relative_to(above)
    assert two.default_model(serve) == ("ollama", "ours")
    assert two.providers(serve, None).listed["ollama"][1] == ("ours",)


def test_a_cloud_model_on_the_server_is_not_asked_about(tmp_path: Path) -> None:
    """To show one, Ollama asks ollama.com: OpenCode's search is off then, and what it would find is handed over."""
    answers = Answers(models=(("m", ("completion",)), ("big:cloud", ("completion",))))
    with ollama(answers) as port:
        setup = home(tmp_path, port, words="late=0")
        serve, _, two = started(setup, (Model("m", 1, False, ("completion",)), Model("big:cloud", 1, True)))
        assert set(two.providers(serve, ("ollama", "m")).listed["ollama"][1]) == {"m", "big:cloud"}
        assert "small model" in two.chat(serve, "ollama", "m", 20).text
    assert [path for path, _ in answers.requests] == ["/v1/chat/completions"]
