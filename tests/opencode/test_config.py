"""Our reading of OpenCode's config against the real OpenCode: the same sources, the same precedence, the same
verdict."""
from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fixtures.opencode import program as opencode
from fixtures.opencode.config import read_config
from fixtures.opencode.copy import QUIET, harmless_value, written
from fixtures.opencode.harmless import NOBODY
from fixtures.opencode.v1.schema import read_schema
from fixtures.programs.programs import Programs
from fixtures.system.setup import Setup

ALL = bool(os.environ.get("OLLAMA_CHECKPOINTS_ALL"))
PLACES = (
    "home/.config/opencode/config.json", "home/.config/opencode/opencode.json", "home/.config/opencode/opencode.jsonc",
    "named.json",
    "work/opencode.json", "work/opencode.jsonc", "work/a/opencode.json", "work/a/b/opencode.jsonc",
    "work/a/b/.opencode/opencode.json",
    "work/.opencode/opencode.jsonc", "home/.opencode/opencode.json", "extra/opencode.json", "managed/opencode.json",
)


@pytest.fixture(scope="module")
def program() -> Iterator[Path]:
    programs = Programs(os.environ)
    yield programs.opencode()
    programs.close()


def person(folder: Path, seed: int) -> Setup:
    """A home and a project with a random half of all sources, each saying something of its own."""
    choice = random.Random(seed)
    (folder / "work" / "a" / "b").mkdir(parents=True)
    (folder / "home").mkdir()
    if seed % 2:
        (folder / "work" / ".git").mkdir()
    env = {"HOME": str(folder / "home"), "PATH": os.environ["PATH"],
           "OPENCODE_TEST_MANAGED_CONFIG_DIR": str(folder / "managed")}
    for number, place in enumerate(choice.sample(PLACES, k=choice.randint(3, len(PLACES)))):
        file = folder / place
        file.parent.mkdir(parents=True, exist_ok=True)
        keys = choice.sample(["username", "model", "small_model"], k=2)
        value: dict[str, Any] = {key: f"{place}" for key in keys}
        value |= {"disabled_providers": [place],
                  "provider": {"ollama": {"name": place, "models": {f"m{number}": {"name": place}}}}}
        file.write_text("// a comment\n" + json.dumps(value), encoding="utf-8")
    if (folder / "named.json").exists():
        env["OPENCODE_CONFIG"] = str(folder / "named.json")
    if (folder / "extra").exists():
        env["OPENCODE_CONFIG_DIR"] = str(folder / "extra")
    if choice.random() < 0.5:
        env["OPENCODE_CONFIG_CONTENT"] = '{"username": "inline", "provider": {"ollama": {"models": {"inline": {}}}}}'
    return Setup(env, folder / "home", folder / "work" / "a" / "b", "rehearse")


def merged_by_opencode(program: Path, setup: Setup, folder: Path) -> dict[str, Any]:
    """`opencode debug config` on a full copy of the home, with folders of its own."""
    copy = folder.with_name("copy")
    shutil.copytree(folder, copy, symlinks=True)
    env = {key: value.replace(str(folder), str(copy)) for key, value in setup.env.items()} | QUIET
    env |= {f"XDG_{name}_HOME": str(copy / name) for name in ("DATA", "STATE", "CACHE")}
    done = subprocess.run([program, "debug", "config"], env=env, cwd=copy / "work" / "a" / "b", capture_output=True,
                          text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.real
@pytest.mark.parametrize("seed", range(40 if ALL else 4))
def test_sources_and_precedence(seed: int, program: Path, tmp_path: Path) -> None:
    folder = tmp_path / "person"
    folder.mkdir()
    setup = person(folder, seed)
    theirs = merged_by_opencode(program, setup, folder)
    ours = read_config(setup).value
    assert {key: theirs.get(key) for key in ours} == ours


@pytest.mark.real
def test_the_copy_means_the_same(program: Path, tmp_path: Path) -> None:
    """What `opencode serve` merges from the copy is what we merged from the originals."""
    folder = tmp_path / "person"
    folder.mkdir()
    setup = person(folder, 3)
    config = read_config(setup)
    serve = opencode.Serve(program, config, setup)
    theirs = serve.get("/config")
    serve.stop()
    assert {key: theirs.get(key) for key in config.value} == config.value


@pytest.mark.real
def test_the_schema_is_that_of_the_installed_opencode(program: Path, tmp_path: Path) -> None:
    setup = Setup({"PATH": os.environ["PATH"]}, tmp_path, tmp_path, "rehearse")
    serve = opencode.Serve(program, read_config(setup), setup)
    schema = read_schema(serve)
    serve.stop()
    assert schema and {"provider", "model", "share"} <= set(schema["components"]["schemas"]["Config"]["properties"])


def test_what_runs_code_or_fetches_is_replaced_in_its_shape(tmp_path: Path) -> None:
    (tmp_path / "opencode.json").write_text(json.dumps({
        "plugin": ["x", ["y", {}], 7],
        "mcp": {"a": {"command": "npx"}, "b": {"type": "local", "command": ["npx", "-y", 1]}},
        "instructions": ["http://203.0.113.9", 5], "lsp": {"a": {"command": "x"}}, "formatter": True,
        "skills": {"urls": ["http://203.0.113.9"]},
        "references": {"a": "https://203.0.113.9/x.git", "b": 3},
        "provider": {"evil": {"npm": "file:///evil.js", "models": {"m": {"provider": {"npm": "/evil.js", "api": "x"}}}},
                     "fine": {"npm": "@ai-sdk/openai-compatible", "options": {"apiKey": "{file:key.txt}"}}},
    }))
    (tmp_path / "key.txt").write_text("{env:HOME}")
    (source,) = read_config(Setup({}, tmp_path / "home", tmp_path, "rehearse")).sources
    assert harmless_value(source) == {
        "plugin": [7], "mcp": {"a": {"command": NOBODY}, "b": {"type": "local", "command": [NOBODY, NOBODY, 1]}},
        "instructions": [NOBODY, 5], "lsp": {"a": {"command": NOBODY}}, "formatter": True, "skills": {"urls": []},
        "references": {"b": 3},
        "provider": {"evil": {"models": {"m": {"provider": {"api": "x"}}}},
                     "fine": {"npm": "@ai-sdk/openai-compatible", "options": {"apiKey": "{env:HOME}"}}},
    }
    assert "{env:" not in written(harmless_value(source))  # what a file holds is filled in once, not twice


def test_other_encodings_and_empty_files(tmp_path: Path) -> None:
    setup = Setup({}, tmp_path / "home", tmp_path, "rehearse")
    file = tmp_path / "opencode.json"
    file.write_bytes(b"")
    assert read_config(setup).sources == ()
    file.write_bytes('// 注释\n{"username": "x"}'.encode("gbk"))
    (source,) = read_config(setup).sources
    assert source.lossy and source.value == {"username": "x"}
    file.write_bytes('{"username": "x"}'.encode("utf-16"))
    assert read_config(setup).broken


def test_values_from_variables_and_files(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(" secret-key \n")
    (tmp_path / "none").write_text("")
    text = '{"a": "{env:A}/v1", "b": "{env:NONE}", "c": "{file:key}", "d": "{file:none}", "e": {env:N}}'
    (tmp_path / "opencode.json").write_text(text)
    config = read_config(Setup({"A": "http://x", "N": "5"}, tmp_path / "home", tmp_path, "rehearse"))
    assert config.value == {"a": "http://x/v1", "b": "", "c": "secret-key", "d": "", "e": 5}
    assert set(config.unset) == {"NONE", "none"}
