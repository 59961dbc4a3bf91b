"""`--ready`: what lacks before the day, in bytes and minutes, and nothing changed."""
from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fixtures.fix.step import Step
from fixtures.mirror.kit import Kit, KitShelf
from fixtures.mirror.server import Mirror
from fixtures.system import sums
from fixtures.system.sentences import same
from fixtures.system.speed import Measured, first_bytes
from reports import ready
from reports.room.code import codes_in, decode
from tests.conftest import Ran
from tests.support.small_kit import kit

__all__ = ["kit"]
Run = Callable[..., Ran]
FAILED = {"checks": [{"status": "failed"}, {"status": "blocked"}]}
SOUND = {"checks": [{"status": "passed"}, {"status": "advice"}]}


@pytest.fixture
def mirror(kit: Path) -> Iterator[Mirror]:
    """A mirror whose Ollama has two megabytes."""
    (kit / "programs" / "ollama.tar.gz").write_bytes(bytes(2_000_000))
    (row,) = json.loads((kit / "programs" / "index.json").read_text(encoding="utf-8"))
    row |= {"size": 2_000_000, "sha256": sums.sha256(kit / "programs" / "ollama.tar.gz")}
    (kit / "programs" / "index.json").write_text(json.dumps([row]), encoding="utf-8")
    sums.write(kit)
    server = Mirror(KitShelf(Kit(kit))).start()
    yield server
    server.shutdown()


def told(steps: list[Step], result: dict[str, object] = FAILED, mirror: str | None = None) -> str:
    return " ".join(line.en for line in ready.told(result, steps, mirror))


def test_the_speed_is_that_of_the_first_bytes(mirror: Mirror) -> None:
    found = first_bytes(f"{mirror.url}/programs/ollama.tar.gz", near=True)
    assert found and found.size == 2_000_000 and found.speed > 100_000
    assert first_bytes(f"{mirror.url}/programs/none", near=True) is None
    assert first_bytes("http://127.0.0.1:9/x", near=True) is None


def test_what_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    program, model = Step(same("ollama"), fetches=True), Step(same("model"), size=4_700_000_000, fetches=True)
    write, left = Step(same("write")), Step(same("by hand"), refused=same("why"))
    assert told([], SOUND) == "Nothing lacks here: this machine is ready for the day."
    said = told([write, left])
    assert "Nothing is to be downloaded" in said and "--fix takes: 1; left to you: 1." in said
    monkeypatch.setattr(ready, "first_bytes", lambda url, near=False: Measured(10_000_000, 1_300_000_000))
    assert "To download: 4.7 GB" in told([model]) and "10 MB a second just now: about 8 min" in told([model])
    both = told([program, model])
    assert "To download: 6.0 GB" in both and "is added to that" in both
    monkeypatch.setattr(ready, "first_bytes", lambda url, near=False: Measured(200_000, None))
    assert "about 6 h 32 min" in told([model])
    monkeypatch.setattr(ready, "first_bytes", lambda url, near=False: None)
    assert "it is not known how long" in told([model])


def test_a_learner_at_home(run_checks: Run, mirror: Mirror, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    env = {"PATH": str(Path(sys.executable).parent), "HOME": str(home),
           "OLLAMA_CHECKPOINTS_CACHE": str(tmp_path / "cache")}
    ran = run_checks("--ready", f"--mirror={mirror.url}", "--lang=en", env=env)
    said = " ".join(ran.out.split())
    assert ran.code == 0 and "To download: 2 MB" in said and f"{mirror.url} gave" in said and "about 1 min" in said
    (sent,) = codes_in(ran.out)
    assert decode(sent, "chat", "?").verdict == ran.result["verdict"], "the code to send"
    assert not list(home.iterdir()) and ran.result["run"]["mode"] == "fix-plan"
    assert run_checks("--ready", "--fix", env=env).code == 4
