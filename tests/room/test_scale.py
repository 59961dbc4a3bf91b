"""Five hundred seats that hand in within a minute, three times each: none lost, none mixed up, killed in the middle."""
from __future__ import annotations

import http.client
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.support import result_samples as samples

pytestmark = pytest.mark.real
SEATS, TIMES, SECONDS, BEHIND = 500, 3, 60, 2.0


def start(folder: Path, port: int) -> subprocess.Popen[str]:
    argv = [sys.executable, "-P", "-m", "fixtures.mirror", f"--room={folder}", f"--port={port}", "--host=127.0.0.1"]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "OLLAMA_MODELS": str(folder.parent / "none"), "PATH": "/nowhere"}
    return subprocess.Popen(argv, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True)


class Class:
    """A room of learners' machines, each of which sends until it is confirmed, as `--room` does."""

    def __init__(self, port: int, code: str, seats: int) -> None:
        self.port, self.code, self.seats = port, code, seats
        self.confirmed: list[tuple[str, int, str]] = []
        self.tries = 0
        self._sample = samples.stopped_server()

    def send(self, seat: int, number: int) -> None:
        minute = f"2026-11-26T09:{seat % 60:02}:{number:02}+00:00"
        told = {**self._sample, "seat": f"S{seat:03}", "started": minute, "seconds": seat + number / 10}
        body = json.dumps(told).encode()
        for _ in range(120):
            self.tries += 1
            try:
                line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
                line.request("PUT", f"/{self.code}", body, {"X-Machine": f"machine-{seat}"})
                answer = line.getresponse()
                said = json.loads(answer.read())
                if answer.status in (200, 201):
                    self.confirmed.append((f"S{seat:03}", number, said["seat"]))
                    return
            except (OSError, http.client.HTTPException, ValueError):
                pass
            time.sleep(0.5)

    def come(self, seconds: float) -> None:
        """All of them, spread over that time."""
        began, total = time.monotonic(), self.seats * TIMES
        threads = []
        for index in range(total):
            time.sleep(max(0.0, began + seconds * index / total - time.monotonic()))
            threads.append(threading.Thread(target=self.send, args=(index % self.seats, index // self.seats)))
            threads[-1].start()
        for thread in threads:
            thread.join()


def page(port: int) -> str:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    line.request("GET", "/room")
    return line.getresponse().read().decode()


def shown(text: str) -> int:
    """How many seats the page counts."""
    found = re.search(r"<title>\d+/(\d+)", text)
    return int(found[1]) if found else 0


def opened(folder: Path, port: int) -> tuple[subprocess.Popen[str], str]:
    process = start(folder, port)
    for _ in range(300):
        try:
            page(port)
            return process, (folder / ".room" / "code").read_text()
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the room did not open")


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_none_is_lost_when_the_room_is_killed_in_the_middle(tmp_path: Path) -> None:
    folder, port = tmp_path / "hand-ins", free_port()
    server, code = opened(folder, port)
    learners = Class(port, code, SEATS)
    coming = threading.Thread(target=learners.come, args=(SECONDS,))
    coming.start()
    try:
        time.sleep(SECONDS / 2)
        server.kill()
        server.wait()
        server, again = opened(folder, port)
        assert again == code
        coming.join()
        done = time.monotonic()
        while shown(page(port)) < SEATS and time.monotonic() - done < 30:
            time.sleep(0.1)
        behind = time.monotonic() - done
        last = time.monotonic()
        learners.send(SEATS, 0)
        while shown(page(port)) < SEATS + 1 and time.monotonic() - last < 30:
            time.sleep(0.05)
        one = time.monotonic() - last
    finally:
        server.kill()
    kept = Counter((result["seat"], round(result["seconds"] % 1 * 10)) for result in results(folder))
    wanted = {(f"S{seat:03}", number) for seat in range(SEATS) for number in range(TIMES)} | {(f"S{SEATS:03}", 0)}
    assert set(kept) == wanted and set(kept.values()) == {1}, "every hand-in once, under its own seat"
    assert all(asked == told for asked, _, told in learners.confirmed) and len(learners.confirmed) == len(wanted)
    print(f"{len(wanted)} hand-ins, {learners.tries} tries; page behind: {behind:.1f} s after all, {one:.1f} s for one")
    assert behind < BEHIND * 5 and one < BEHIND * 5, "a net for a loaded machine; the figures are in the README"


def results(folder: Path) -> list[dict[str, object]]:
    return [json.loads(file.read_bytes()) for file in folder.glob("*/history/*.json")]
