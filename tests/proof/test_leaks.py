"""Ten set-ups that leak, on a machine as a learner has it: each has its right row, and while a run finds it out nothing
leaves.

The real OpenCode 1 and an Ollama whose cloud is on, in a namespace where every name and address that is tried is
written down. A seeded share in every run, all with OLLAMA_CHECKPOINTS_ALL=1.
"""
from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fixtures.programs.programs import Programs
from fixtures.sandbox.model_store import place_models
from fixtures.sandbox.rehearsal import read_rehearsal
from fixtures.system.cache_place import cache_dir
from tests.conftest import ROOT, checks_command
from tests.support.proof_setups import needs_namespaces, setup_folder
from tests.support.share import drawn

pytestmark = [pytest.mark.real, needs_namespaces]


@dataclass(frozen=True, slots=True)
class Leak:
    """A set-up folder, or lines at the top of the sound one's config; the row that is open, and for whom."""

    row: str
    asked: str
    setup: str = ""
    config: str = ""


TEN = {
    "cloud default": Leak("default-model", "nobody", config='"model": "opencode/big-pickle",'),
    "last-used cloud model": Leak("default-model", "nobody", "cloud-model-chosen-last"),
    "share auto": Leak("share", "nobody", "share-enabled"),
    ":cloud tag": Leak("ollama-cloud-model", "nobody", "ollama-cloud-model"),
    "remote MCP": Leak("mcp-remote", "nobody", "exit-mcp-remote"),
    "instructions URL": Leak("instructions-url", "somebody", "exit-instructions-url"),
    "proxy": Leak("proxy", "nobody", "proxy-captures-localhost"),
    "webfetch by a prompt": Leak("webfetch", "request", "healthy"),
    "catalogue": Leak("model-catalogue", "nobody", "healthy"),
    "update check": Leak("update-check", "nobody", "healthy"),
}
SHARE = drawn(list(TEN), 2)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Name -> how its run went, with `result`."""
    folder, programs = tmp_path_factory.mktemp("leaks"), Programs(os.environ)
    ollama, opencode = programs.ollama(), programs.opencode()
    store = folder / "server" / ".ollama" / "models"
    place_models(programs, store, ["qwen2.5-coder:7b"])
    programs.close()
    place = {"PATH": os.pathsep.join([str(ollama.parent), str(opencode.parent), "/usr/bin", "/bin"]), "LANG": "C.UTF-8"}
    env = {**place, "HOME": str(store.parents[1]), "OLLAMA_MODELS": str(store)}
    server = {"argv": [str(ollama), "serve"], "env": env, "cwd": str(folder)}
    runs = [machine(folder / str(number), TEN[name], place) for number, name in enumerate(SHARE)]
    file = folder / "job.json"
    visible = [str(one) for one in (folder, ollama, opencode, Path(sys.executable), ROOT)]
    file.write_text(json.dumps({"visible": visible, "ollama": server, "runs": runs}), encoding="utf-8")
    argv = [sys.executable, "-m", "tests.support.leaks_in_namespace", str(file)]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["held"] == {"forbidden": True}
    return {name: {**one, "result": result(run)} for name, one, run in zip(SHARE, told["runs"], runs, strict=True)}


def machine(folder: Path, leak: Leak, place: Mapping[str, str]) -> dict[str, Any]:
    """A home with the set-up's files, and the plain run in it."""
    source = ROOT / "fixtures" / "setups" / leak.setup if leak.setup else setup_folder(folder / "setup", leak.config)
    shutil.copytree(source / "home", folder / "home")
    (folder / "project").mkdir()
    command = checks_command(folder / "report", f"--project={folder / 'project'}", "--lang=en")
    env = {**place, **read_rehearsal(source).env, "HOME": str(folder / "home"), "PYTHONPATH": str(ROOT),
           "OLLAMA_CHECKPOINTS_CACHE": str(cache_dir(os.environ))}
    return {"argv": command, "env": env, "cwd": str(folder / "project"), "report": str(folder / "report")}


def result(run: Mapping[str, Any]) -> Any:
    return json.loads((Path(run["report"]) / "result.json").read_text(encoding="utf-8"))


@pytest.mark.timeout(1000)
@pytest.mark.parametrize("name", SHARE)
def test_it_has_its_row_and_nothing_leaves_while_it_is_found_out(name: str, found: dict[str, dict[str, Any]]) -> None:
    run, leak = found[name], TEN[name]
    rows = {one["id"]: one for one in run["result"]["exits"]}
    print(run["out"])
    assert (rows[leak.row]["state"], rows[leak.row]["asked"]) == ("open", leak.asked), rows[leak.row]["why"]["en"]
    assert rows[leak.row]["close"], "what closes it"
    assert run["up"] and "ollama.com" in run["own"], "an Ollama whose cloud is on asks by itself: that was seen"
    assert (run["tried"], run["lost"]) == ([], 0)
    assert all(one["status"] != "crashed" for one in run["result"]["checks"])
