"""`python -m tests.differential.live CASES OUT`: OpenCode lives through each, the suite judges it, all offline.

Run below `unshare -rnpf --mount-proc`: port 11434 is free there, and what is sent out is counted and lost. CASES and
OUT hold a JSON object a line.
"""
from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from checks.judging.finding import Finding
from checks.judging.graph import Judgements, checks
from fixtures.facts.facts import Facts
from fixtures.programs.programs import Programs
from fixtures.sandbox.model_store import place_models, wait_for
from fixtures.system import children, loopback
from fixtures.system.setup import Setup
from tests.differential.compare import LOOP
from tests.differential.world import Case

URL = "http://127.0.0.1:11434"
PLAIN = "checkpoints-plain"
SHORT = {"stop": [".", ",", "\n", "!", ":"], "num_ctx": 8192}
"""The small model goes on and on: here it ends at the first mark."""
MAIN = re.compile(
    r'message="?stream(?P<error> error)?"? providerID=(?P<provider>"[^"]*"|\S*) .*small=false'
    r'.*?(error\.error="(?P<said>.*)")?$',
    re.MULTILINE,
)
LONG = re.compile(rb"new prompt, .*task\.n_tokens = \d{4}")
"""The server's log once the model reads OpenCode's own prompt: a title's is shorter. Its answer is nobody's fault."""
SECONDS = 120.0
"""OpenCode repeats for 67 s what is refused, and its log has told it by then."""
OFF = {"OPENCODE_DISABLE_MODELS_FETCH": "1", "OPENCODE_DISABLE_AUTOUPDATE": "1", "npm_config_offline": "true",
       "OPENCODE_PERMISSION": '{"*":"deny"}'}
"""What takes time and changes no verdict: the catalogue, updates, an install without a network, 20 KB of tools."""

WAY_OUT = ("link set lo up", "link add out0 type veth peer name out1", "addr add 192.0.2.1/24 dev out0",
           "link set out0 up", "link set out1 up",
           "neigh add 192.0.2.2 lladdr 02:00:00:00:00:02 dev out0", "route add default via 192.0.2.2")
"""Every packet that takes it is counted and lost: a look-up, a connection, anything."""


def packets() -> int:
    """How many have left by the way out."""
    lines = Path("/proc/net/dev").read_text(encoding="ascii").splitlines()
    return next((int(line.split()[10]) for line in lines if line.strip().startswith("out0:")), 0)


class Bench:
    """One real server for all cases; each case gets its own names there."""

    def __init__(self, folder: Path) -> None:
        self.programs = Programs(os.environ)
        self.folder, self.models = folder, folder / "models"
        self.opencode, self.ollama = self.programs.opencode(), self.programs.ollama()
        place_models(self.programs, self.models, [PLAIN])
        env = {"PATH": os.environ["PATH"], "HOME": str(folder), "OLLAMA_MODELS": str(self.models),
               "OLLAMA_NO_CLOUD": "1", "OLLAMA_NOPRUNE": "1"}
        log = (folder / "server.log").open("wb")  # no child of a run: it outlives each case
        self.process = subprocess.Popen([self.ollama, "serve"], env=env, cwd=folder, stdout=log, stderr=log,
                                        stdin=subprocess.DEVNULL)
        wait_for(URL)
        loopback.request("POST", f"{URL}/api/create", seconds=60,
                         data={"model": "short", "from": PLAIN, "parameters": SHORT, "stream": False})
        self.library = self.models / "manifests" / "registry.ollama.ai" / "library"
        self.short = (self.library / "short" / "latest").read_bytes()
        self.database = folder / "data"

    def serve(self, names: list[str]) -> None:
        """Exactly these models, from now on."""
        shutil.rmtree(self.library)
        for name in names:
            file = self.library / name.partition(":")[0] / (name.partition(":")[2] or "latest")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(self.short)

    @contextlib.contextmanager
    def person(self, case: Case) -> Iterator[tuple[Path, dict[str, str]]]:
        """Their folder, with `home` and `project` in it, and their environment."""
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        for name in ("home", "project/.git"):
            (folder / name).mkdir(parents=True)
        for path, content in case.files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content.encode("utf-8", "surrogatepass"))
        path = f"{self.opencode.parent}:{self.ollama.parent}:/usr/bin:/bin"
        env = {"HOME": str(folder / "home"), "PATH": path, "LANG": "C.UTF-8",
               "OPENCODE_TEST_MANAGED_CONFIG_DIR": str(folder / "managed")}
        try:
            yield folder, env | case.env
        finally:
            shutil.rmtree(folder, ignore_errors=True)


    @contextlib.contextmanager
    def facts(self, case: Case) -> Iterator[Facts]:
        """What the suite finds of that person."""
        with self.person(case) as (folder, env), children.open_run():
            setup = Setup(env, folder / "home", folder / "project", "rehearse", cache=self.folder / "cache")
            yield Facts(setup, lambda machine: "qwen2.5-coder:7b")


def lived(bench: Bench, case: Case) -> dict[str, Any]:
    """What comes of the plain first sentence: `ok`, `fails` or `cloud`, and what was said."""
    with bench.person(case) as (folder, env), (folder / "err").open("wb") as err, (folder / "out").open("wb") as out:
        argv = [bench.opencode, "run", "--print-logs", "--log-level", "INFO", "你好，请介绍一下你自己"]
        process = subprocess.Popen(argv, env=env | OFF, cwd=folder / "project", stdin=subprocess.DEVNULL, stdout=out,
                                   stderr=err, start_new_session=True)
        try:
            return _watched(process, case, folder, bench)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, 9)
            process.wait()


def _watched(process: subprocess.Popen[bytes], case: Case, folder: Path, bench: Bench) -> dict[str, Any]:
    """Until it ends, or its log, or the server's, has told how it will."""
    begun = (bench.folder / "server.log").stat().st_size
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        code, text = process.poll(), (folder / "err").read_text(encoding="utf-8", errors="replace")
        for line in MAIN.finditer(text):
            if line["provider"].strip('"') in case.clouds:
                return {"outcome": "cloud", "said": line["provider"]}
            if line["error"]:
                return {"outcome": "fails", "said": (line["said"] or line[0])[:300]}
        if text.count("agent=compaction") > 2:
            return {"outcome": "fails", "said": LOOP}
        if LONG.search((bench.folder / "server.log").read_bytes()[begun:]):
            return {"outcome": "ok", "said": "the model reads the message"}
        if code is not None:
            errors = re.findall(r"error=\"?([^\n]{1,300})|Error: ([^\n]{1,300}(?:\n↳[^\n]*)?)", text)
            said = " | ".join(one or other for one, other in errors)[:600]
            return {"outcome": "ok" if code == 0 else "fails", "said": said}
        time.sleep(0.05)
    return {"outcome": "fails", "said": f"nothing in {SECONDS:.0f} s"}


def judged(bench: Bench, case: Case) -> dict[str, Any]:
    """The suite's findings: check -> (status, pitfall, what was found)."""
    with bench.facts(case) as facts:
        facts.start_early("providers", "schema", "early_reply")
        judgements = Judgements(facts)
        return {id: _found(judgements, id) for id in checks()}


def _found(judgements: Judgements, id: str) -> tuple[str, str | None, str]:
    try:
        finding: Finding = judgements.of(id)
        return finding.status, finding.pitfall, f"{finding.found.en} {finding.blocked_by or ''}"
    except Exception as error:  # a crash is what is looked for
        return "crashed", None, f"{type(error).__name__}: {error}"


def compared(bench: Bench, case: Case) -> dict[str, Any]:
    """The suite's word first, then life."""
    before = packets()
    verdict = judged(bench, case)
    sent = packets() - before
    return {"name": case.name, "sent": sent, "checks": verdict, "life": lived(bench, case)}


def main(of: Callable[[Bench, Case], dict[str, Any]], cases: Path, output: Path) -> None:
    """Write down what is found of each case."""
    for command in WAY_OUT:
        subprocess.run(["ip", *command.split()], check=True)
        for end in ("out0", "out1"):
            if (switch := Path(f"/proc/sys/net/ipv6/conf/{end}/disable_ipv6")).exists():
                switch.write_text("1", encoding="ascii")
    with tempfile.TemporaryDirectory() as folder, output.open("a", encoding="utf-8") as out, children.open_run():
        bench = Bench(Path(folder))
        for line in cases.read_text(encoding="utf-8").splitlines():
            case = Case(**json.loads(line))
            bench.serve(case.models)
            out.write(json.dumps(of(bench, case), ensure_ascii=False) + "\n")
            out.flush()


if __name__ == "__main__":
    main(compared, Path(sys.argv[1]), Path(sys.argv[2]))
