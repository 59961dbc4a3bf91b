"""Edited and repaired configs before the real `opencode debug config`: accepted, and read as meant."""
from __future__ import annotations

import json
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.fix.config import PACKAGE
from fixtures.jsonc.edit import remove, rename_key, repair, set_value
from fixtures.jsonc.parse import parse
from fixtures.opencode.copy import QUIET
from fixtures.programs.programs import ProgramMissing, Programs
from tests.support.jsonc_damage import NAMED, damaged
from tests.support.jsonc_documents import examples, tidy

URL = "http://localhost:11434/v1"
NAMES = ["qwen2.5-coder:7b", "llama3.1:8b", "ollama/llama3.2:3b", "模型", "it's:latest", 'say "hi"']
AT_ONCE = os.cpu_count() or 1

words = st.sampled_from(["Ollama (local)", "本地模型，不联网", "it's /* no */ comment", "{ a: 1, }", "tab\there", "C:\\models",
                         "emoji 😀", ""])
sizes = st.integers(1, 200_000)
models = st.dictionaries(st.sampled_from(NAMES), st.fixed_dictionaries({}, optional={
    "name": words, "limit": st.fixed_dictionaries({"context": sizes, "output": sizes}), "tool_call": st.booleans(),
    "options": st.fixed_dictionaries({"num_ctx": sizes}),
}), max_size=3)
providers = st.fixed_dictionaries({}, optional={
    "npm": st.just("ollama-ai-provider"), "name": words, "models": models,
    "options": st.fixed_dictionaries({}, optional={"baseURL": st.sampled_from(["http://localhost:11434", URL]),
                                                   "timeout": sizes, "num_ctx": sizes}),
})
people = st.fixed_dictionaries({"provider": st.fixed_dictionaries({"ollama": providers}, optional={"mine": providers})},
                               optional={
    "$schema": st.just("https://opencode.ai/config.json"),
    "model": st.sampled_from([f"ollama/{name}" for name in NAMES]),
    "small_model": st.just("opencode/x"), "share": st.sampled_from(["auto", "manual"]), "username": words.filter(bool),
    "theme": words,
    "disabled_providers": st.lists(words, max_size=2),
})
"""What OpenCode takes: an edit of one of these must be taken too."""


def edited(text: str, draw: st.DataObject) -> str:
    """One of the edits that fixes make, where this config has the place for it."""
    value = parse(text).value
    ollama, name = value["provider"]["ollama"], draw.draw(st.sampled_from(NAMES))
    there: list[tuple[Any, ...]] = [(set_value, ("provider", "ollama", "options", "baseURL"), URL),
                                    (set_value, ("provider", "ollama", "npm"), PACKAGE),
                                    (set_value, ("provider", "ollama", "models", name), {"name": f"{name} (local)"}),
                                    (set_value, ("provider", "ollama-local"),
                                     {"npm": PACKAGE, "options": {"baseURL": URL}, "models": {name: {}}}),
                                    (set_value, ("model",), f"ollama/{name}"), (set_value, ("share",), "manual")]
    there += [(remove, (key,)) for key in ("small_model", "theme") if key in value]
    there += [(remove, ("provider", "ollama", "options", "num_ctx")) for _ in "x"
              if "num_ctx" in ollama.get("options", {})]
    there += [(rename_key, ("provider", "ollama", "models", key), "a new:name") for key in ollama.get("models", {})]
    change, *arguments = draw.draw(st.sampled_from(there))
    return str(change(text, *arguments))


def cases(number: int) -> list[tuple[str, Any]]:
    """Config texts, and the value that OpenCode must see in each: half of them edited, the others damaged and
    repaired."""
    made: list[tuple[str, Any]] = []

    @examples(number, number)
    @given(text=tidy(people), data=st.data(), broken=st.none() | damaged(NAMED, tidy(people)))
    def make(text: str, data: st.DataObject, broken: tuple[str, str, str] | None) -> None:
        if broken and (done := repair(broken[2])):
            made.append((done.text, parse(broken[0]).value))
        else:
            after = edited(text, data)
            made.append((after, parse(after).value))

    make()
    assert len(made) >= number
    return made[:number]


class Bench:
    """Homes of nobody, one for each OpenCode that runs at a time: two would make one database at once."""

    def __init__(self, folder: Path, program: Path) -> None:
        self.folder, self.program = folder, program
        self.homes: SimpleQueue[Path] = SimpleQueue()
        for number in range(AT_ONCE):
            self.homes.put(folder / f"home{number}")

    def read(self, number: int, text: str) -> subprocess.CompletedProcess[str]:
        """`opencode debug config` in a project with this config."""
        project, home = self.folder / f"project{number}", self.homes.get()
        project.mkdir()
        (project / "opencode.json").write_bytes(text.encode("utf-8"))
        home.mkdir(exist_ok=True)
        env = {"PATH": os.defpath, "HOME": str(home), "OPENCODE_TEST_MANAGED_CONFIG_DIR": str(self.folder / "managed"),
               **QUIET}
        try:
            return subprocess.run([self.program, "debug", "config"], env=env, cwd=project, capture_output=True,
                                  text=True, timeout=120)
        finally:
            self.homes.put(home)


@pytest.mark.real
def test_opencode_reads_what_was_meant(tmp_path: Path) -> None:
    """1,000 configs with OLLAMA_CHECKPOINTS_ALL=1, 16 of them otherwise: each is one start of OpenCode."""
    try:
        bench = Bench(tmp_path, Programs(os.environ).opencode())
    except ProgramMissing as error:
        pytest.skip(f"no OpenCode: {error.en}")
    texts = cases(1000 if os.environ.get("OLLAMA_CHECKPOINTS_ALL") else 16)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for (text, value), ran in zip(texts, pool.map(bench.read, range(len(texts)), (text for text, _ in texts)),
                                      strict=True):
            assert ran.returncode == 0, f"{text}\n{ran.stderr}"
            theirs = json.loads(ran.stdout)
            assert {key: theirs.get(key) for key in value if key not in ("theme", "$schema")} == {
                key: part for key, part in value.items() if key not in ("theme", "$schema")}, text
