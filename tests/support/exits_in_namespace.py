"""`python -m tests.support.exits_in_namespace JOB`: an exit opened, then closed where nothing can leave; prints JSON.

JOB is a file of JSON: `folder`, `visible`, and `runs`, each with `argv`, `env`, `cwd` and what else `Run` reads.
"""
from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import httpx
import psutil

from fixtures.proof import controls, namespace
from fixtures.proof.screen import Screen
from fixtures.proof.sink import Sink
from fixtures.proof.watch import Watch
from fixtures.system import children, loopback
from tests.support.exit_cases import Run
from tests.support.scripted_model import scripted

SERVER = 11434
LOGS = 7892
"""Where a registry's requests are refused, and written down by their paths."""
START, ENDS, QUIET = 120.0, 240.0, 2.0
"""Seconds until a server answers, until a program is done, on a busy machine; and without an attempt, until what a
server tries by itself at its start is over."""
LONGER = 2
"""A closed exit is watched so many times as long as the opened one took."""


def main(file: Path) -> None:
    job = json.loads(file.read_text(encoding="utf-8"))
    namespace.enter(file.parent, [Path(one) for one in job["visible"]])
    watch = Watch("opencode")
    Sink(lambda to, said: watch.note(said.partition(" ")[2], tried=1), "127.0.0.1", LOGS)
    namespace.drop_rights()
    with children.open_run():
        held = controls.enforced(watch, [], {"relay": []})
        runs: list[dict[str, Any]] = []
        for one in job["runs"] if held["forbidden"] else []:
            runs.append(measured(watch, longer(Run(**one), runs)))
    print(json.dumps({"held": held, "runs": runs}))


def longer(run: Run, before: list[dict[str, Any]]) -> Run:
    """Closed, where the opened one was seen late on this machine."""
    first = max([one["first"] for told in before for one in told["seen"]], default=0.0)
    return run if run.until else replace(run, window=max(run.window, LONGER * first))


def measured(watch: Watch, run: Run) -> dict[str, Any]:
    """What it tried to reach, what it said, and where it listened."""
    watch.restart()
    with answering(run):
        began = time.monotonic()
        code, log, listening = stays(watch, run) if run.serves or run.screen else ends(watch, run)
    told = [{"to": one.to, "first": one.first} for one in watch.attempts() if not here(one.to)]
    return {"seen": told, "code": code, "log": log, "listening": listening, "lost": watch.lost(),
            "seconds": round(time.monotonic() - began, 1)}


@contextlib.contextmanager
def answering(run: Run) -> Iterator[None]:
    if run.script is None:
        yield
    else:
        with scripted(run.script, port=SERVER):
            yield


def here(to: str) -> bool:
    return to.startswith("127.") or to.startswith("::1:")


def seen(watch: Watch, name: str | None) -> bool:
    return name is not None and any(fnmatchcase(one.to, name) for one in watch.attempts())


def await_(holds: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.05)
    return holds()


def until_quiet(watch: Watch) -> None:
    """Ollama asks by itself as soon as it runs; what counts comes after."""
    known = -1
    while known != (known := sum(one.asked + one.tried for one in watch.attempts())):
        time.sleep(QUIET)


def ends(watch: Watch, run: Run) -> tuple[int | None, str, list[str]]:
    """A program that ends by itself, or after the name it was started for."""
    log = Path(run.cwd) / "run.log"
    process = children.start(run.argv, run.env, Path(run.cwd), log)
    await_(lambda: process.poll() is not None or seen(watch, run.until), ENDS)
    code = process.poll()
    await_(lambda: seen(watch, run.until), QUIET)
    children.stop(process, 0.2)
    return code, ending(log), []


def stays(watch: Watch, run: Run) -> tuple[int | None, str, list[str]]:
    """A server or a screen, and what is asked of the one; 0 where it was there to the end."""
    if run.screen:
        shown = Screen(run.argv[0], run.env, Path(run.cwd))
        shown.await_drawn()
        await_(lambda: seen(watch, run.until), run.window)
        return (0 if shown.close() else 1), "", []
    log = Path(run.cwd) / "run.log"
    process = children.start(run.argv, run.env, Path(run.cwd), log)
    up = await_(lambda: process.poll() is not None or answers(run.serves), START) and process.poll() is None
    listening = sorted(listeners()) if up else []
    if run.requests and run.script is None:
        until_quiet(watch)
        watch.restart()
    said = [ask(run.serves, *one) for one in run.requests or [] if up]
    await_(lambda: seen(watch, run.until), run.window)
    children.stop(process, 0.2)
    return (0 if up else 1), "\n".join([*said, ending(log)]), listening


def ending(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-3000:]


def answers(port: int | None) -> bool:
    with contextlib.suppress(OSError):
        loopback.request("GET", f"http://127.0.0.1:{port}/", seconds=2)
        return True
    return False


def ask(port: int | None, method: str, path: str, body: Any = None, headers: Any = None) -> str:
    """Status and the beginning of the answer: what an outcome is judged by."""
    try:
        url = f"http://127.0.0.1:{port}{path}"
        answer = loopback.client(20).request(method, url, json=body, headers=headers or {})
    except (OSError, httpx.HTTPError) as error:
        return f"{method} {path}: {error}"
    return f"{method} {path}: {answer.status_code} {dict(answer.headers)} {answer.text[:300]}"


def listeners() -> Iterator[str]:
    """The ports at which something in here listens on an address other than loopback."""
    for one in psutil.net_connections("tcp"):
        host = one.laddr.ip.removeprefix("::ffff:")
        if one.status == psutil.CONN_LISTEN and host != "::1" and not host.startswith("127."):
            yield f"*:{one.laddr.port}"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
