"""`--room`: said before anything is sent, the redacted result and nothing else, and no room without it."""
from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fixtures.mirror.room import RoomHandler, RoomMirror
from fixtures.room.profile import Profile
from reports.visit import HANDED_IN
from tests.conftest import Ran
from tests.support.room_bench import ask, kept, open_room

Run = Callable[..., Ran]
PROFILE = Profile(
    server="http://10.0.0.2:11434", lang="zh", model="llama3.2:3b", help="raise your hand", minimum={"ollama": "9.1"}
)


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RoomMirror]:
    server = open_room(tmp_path / "room", PROFILE)
    server.asked = []  # type: ignore[attr-defined]
    parse = RoomHandler.parse_request

    def noted(handler: RoomHandler) -> bool:
        parsed = parse(handler)
        server.asked.append((handler.command, handler.path))  # type: ignore[attr-defined]
        return parsed

    monkeypatch.setattr(RoomHandler, "parse_request", noted)
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """A learner with neither program."""
    (tmp_path / "home").mkdir()
    return {"PATH": str(Path(sys.executable).parent), "HOME": str(tmp_path / "home"), "LANG": "en_US.UTF-8",
            "OLLAMA_CHECKPOINTS_CACHE": str(tmp_path / "cache"), "CONNECTS": str(tmp_path / "connects")}


def url(room: RoomMirror) -> str:
    return f"{room.url}/{room.desk.code}"


def asked(room: RoomMirror) -> list[tuple[str, str]]:
    return list(room.asked)  # type: ignore[attr-defined]


def test_what_is_handed_in_is_the_report_and_it_is_said_before(run_checks: Run, env: dict[str, str],
                                                               room: RoomMirror) -> None:
    ran = run_checks("-p", "tests.support.connects", f"--room={url(room)}", "--seat=A3", "--lang=en", env=env)
    assert ran.code == 1 and asked(room) == [("GET", f"/{room.desk.code}"), ("PUT", f"/{room.desk.code}")]
    (result,) = kept(room)
    assert result["seat"] == "A3" and result["verdict"] == "failed" and env["HOME"] not in json.dumps(result)
    assert ran.out.index(f"sends its result.json to {url(room)}") < ran.out.index("lesson 1.4g")
    assert f"Handed in to {url(room)} as seat A3." in ran.out.replace("\n", " ").replace("  ", " ")
    assert "Help in this room: raise your hand" in ran.out
    assert f"--room={url(room)} --seat=A3" in ran.out, "the next run hands in as the same seat"


def test_without_a_room_nothing_is_sent(run_checks: Run, env: dict[str, str], room: RoomMirror) -> None:
    """Not to a room that is there, nor anywhere: the only addresses are this machine's Ollama's."""
    run_checks("-p", "tests.support.connects", "--seat=A3", "--lang=en", env=env)
    lines = Path(env["CONNECTS"]).read_text().splitlines() if Path(env["CONNECTS"]).exists() else []
    assert not asked(room) and not kept(room)
    assert all("'127.0.0.1'" in line or "'::1'" in line or "'localhost'" in line for line in lines), lines
    assert not any(str(room.server_address[1]) in line for line in lines)


def test_the_profile_speaks(run_checks: Run, env: dict[str, str], room: RoomMirror) -> None:
    ran = run_checks(f"--room={url(room)}", env=env)
    assert ran.result["lang"] == "zh" and ran.result["seat"] is None and kept(room)[0]["seat"] == "1"
    assert ran.checks["ollama-version"]["expected"]["en"].count("9.1"), "a higher minimum than the lesson's"
    assert "http://10.0.0.2:11434 是教室自己的" in ran.out, "told, and not asked"
    assert "去掉 --room" in ran.out or "without --room" in ran.out.lower()


def test_a_second_machine_of_the_same_name_is_told(run_checks: Run, env: dict[str, str], room: RoomMirror,
                                                   tmp_path: Path) -> None:
    run_checks(f"--room={url(room)}", "--seat=A3", "--lang=en", env=env)
    again = run_checks(f"--room={url(room)}", "--seat=A3", "--lang=en", env=env)
    other = run_checks(f"--room={url(room)}", "--seat=A3", "--lang=en",
                       env={**env, "OLLAMA_CHECKPOINTS_CACHE": str(tmp_path / "other")})
    assert "as seat A3." in again.out and "A3 (2)" in other.out and "Another machine" in other.out
    assert sorted(result["seat"] for result in kept(room)) == ["A3", "A3", "A3 (2)"]


@pytest.mark.parametrize("option", ["--fix-plan", "--undo"])
def test_what_judges_nothing_hands_nothing_in(run_checks: Run, env: dict[str, str], room: RoomMirror,
                                              option: str) -> None:
    ran = run_checks(option, f"--room={url(room)}", "--lang=en", env=env)
    assert "PUT" not in dict(asked(room)) and "sends its result.json" not in ran.out and option[2:] not in HANDED_IN


def test_a_room_that_is_silent_or_another_is_one_sentence(run_checks: Run, env: dict[str, str],
                                                          room: RoomMirror) -> None:
    for typed, said in ((f"{room.url}/WRONG", "No room has this code"), ("http://127.0.0.1:9/ABCDE", "does not answer"),
                        ("https://x/ABCDE", "no room's address"), (room.url, "no room's address")):
        ran = run_checks(f"--room={typed}", env=env)
        assert ran.code == 4 and said in ran.out and "Traceback" not in ran.out, ran.out
    assert not kept(room)


def test_a_room_that_goes_away_changes_no_verdict(run_checks: Run, env: dict[str, str], room: RoomMirror,
                                                  monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RoomHandler, "do_PUT", lambda self: self.connection.close())
    ran = run_checks(f"--room={url(room)}", "--lang=en", env=env)
    assert ran.code == 1 and "Not handed in." in ran.out and "Traceback" not in ran.out and ran.result


def test_a_profile_in_a_file_sends_nothing(run_checks: Run, env: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "room.json"
    file.write_text(json.dumps(PROFILE.document()), encoding="utf-8")
    ran = run_checks("-p", "tests.support.connects", f"--room={file}", env=env)
    assert ran.result["lang"] == "zh" and "举手" not in ran.out and "raise your hand" in ran.out
    assert "result.json 发到" not in ran.out


def test_a_model_that_the_room_does_not_allow(run_checks: Run, env: dict[str, str], tmp_path: Path) -> None:
    server = open_room(tmp_path / "strict", Profile(models=("llama3.2:3b",)))
    ran = run_checks(f"--room={url(server)}", "--model=mistral:7b", env=env)
    assert ran.code == 4 and "this room uses llama3.2:3b" in ran.out
    assert ask(server, "GET", f"/{server.desk.code}").told["models"] == ["llama3.2:3b"]
    server.shutdown()
