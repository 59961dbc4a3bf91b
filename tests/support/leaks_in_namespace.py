"""`python -m tests.support.leaks_in_namespace JOB`: commands, each beside its own Ollama, where nothing can leave.

JOB is a file of JSON: `visible`, `ollama` and `runs`, each with `argv`, `env`, `cwd`. What each tried to reach is JSON
on stdout, and what Ollama had tried by itself before.
"""
from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from fixtures.proof import controls, namespace
from fixtures.proof.watch import Watch
from fixtures.system import children
from tests.support.exits_in_namespace import SERVER, START, answers, await_, here, until_quiet

SECONDS = 200.0
Job = dict[str, Any]


def main(file: Path) -> None:
    job: Job = json.loads(file.read_text(encoding="utf-8"))
    namespace.enter(file.parent, [Path(one) for one in job["visible"]])
    watch = Watch("opencode")
    namespace.drop_rights()
    with children.open_run():
        held = controls.enforced(watch, [], {"relay": []})
        runs = [ran(watch, one, job["ollama"]) for one in job["runs"]]
    print(json.dumps({"held": held, "runs": runs}))


def tried(watch: Watch) -> list[str]:
    return [one.to for one in watch.attempts() if not here(one.to)]


def ran(watch: Watch, run: Job, server: Job) -> Job:
    """`own`: what Ollama tried by itself at its start. It would again after five minutes, so each run has a new one."""
    watch.restart()
    process = children.start(server["argv"], server["env"], Path(server["cwd"]), Path(run["cwd"]) / "ollama.log")
    up = await_(lambda: answers(SERVER), START)
    until_quiet(watch)
    own = tried(watch)
    watch.restart()
    code, out, errors = children.run(run["argv"], run["env"], Path(run["cwd"]), SECONDS)
    seen = {"own": own, "up": up, "tried": tried(watch), "lost": watch.lost()}
    children.stop(process, 1)
    return {**seen, "code": code, "out": (out + errors)[-4000:]}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
