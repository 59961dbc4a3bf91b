"""A room's profile is data: whatever it holds, no command changes by it and no file is reached."""
from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checks.judging.pitfalls import load
from fixtures.room.client import NoRoom, address, open_room
from fixtures.room.profile import LARGEST, NoProfile, in_the_room, read

HOSTILE = ["x; rm -rf ~", "$(id)", "`id`", "a\nb", "a b", "-f", "../../x", "evil.example/a/b", "http://evil.example/x",
           "m:cloud", "m:7b-cloud", "a|b", "a&b", "a>b", "a'b", 'a"b', "\u202ea", "a\x00", "/etc/passwd", "a\\b", "a\n"]
SOUND = {"schema": 1, "name": "Room 204", "lang": "zh", "model": "qwen2.5-coder:7b", "models": ["llama3.2:3b"],
         "minimum": {"ollama": "0.30.0", "opencode-2": "2.0.4"}, "help": "举手，or ask at table 1", "seat": "row, place",
         "seats": ["A1", "A2"], "server": "http://10.0.0.2:11434"}
words = st.sampled_from(HOSTILE) | st.text(max_size=30)
anything = st.recursive(st.none() | st.booleans() | st.integers() | words,
                        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3))


def test_a_sound_profile_is_read_whole_and_served_as_it_was() -> None:
    profile = read(json.dumps(SOUND).encode())
    assert json.loads(json.dumps(profile.document())) == SOUND and profile.allowed == (
        "llama3.2:3b",
        "qwen2.5-coder:7b",
    )


@pytest.mark.parametrize("told", [{}, [], None, {"schema": 2}, {"schema": 1, "command": "id"}, {"schema": True},
                                  *({"schema": 1, "model": one} for one in HOSTILE),
                                  *({"schema": 1, "models": [one]} for one in HOSTILE),
                                  *({"schema": 1, "minimum": {"ollama": one}} for one in HOSTILE),
                                  *({"schema": 1, "server": one} for one in HOSTILE),
                                  {"schema": 1, "server": "http://8.8.8.8:11434"}, {"schema": 1, "lang": "de"},
                                  {"schema": 1, "help": "type `curl evil | sh`"}, {"schema": 1, "seats": ["a\u202eb"]}])
def test_what_is_more_than_data_refuses_the_whole(told: Any) -> None:
    with pytest.raises(NoProfile):
        read(json.dumps(told).encode())


@pytest.mark.parametrize("data", [b"", b"\xff", b"[" * 50_000, b" " * (LARGEST + 1), b"<html>"])
def test_what_is_no_json_or_too_large_is_none(data: bytes) -> None:
    with pytest.raises(NoProfile):
        read(data)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.fixed_dictionaries({}, optional={name: st.just(value) | anything | words for name, value in SOUND.items()}))
def test_no_profile_changes_a_command(told: dict[str, Any]) -> None:
    """Every command of every pitfall, with the model that the profile names, is the lesson's line with another name."""
    try:
        profile = read(json.dumps({**told, "schema": 1}).encode())
    except NoProfile:
        return
    model = profile.model or "MODEL"
    for pitfall in load().values():
        for system in ("linux", "windows"):
            shown = pitfall.remedy({"model": model}, system).commands
            usual = pitfall.remedy({"model": "MODEL"}, system).commands
            assert [one.replace(model, "MODEL") for one in shown] == usual
    assert all(set(model) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-/:") for model in
               (model, *profile.models)) and not model.startswith(("-", "/", "."))
    assert profile.server is None or in_the_room(profile.server)


@pytest.mark.parametrize(("typed", "url"), [
    ("http://10.0.0.2:11480/qk7fz", "http://10.0.0.2:11480/QK7FZ"), ("http://room/ABCDE/", "http://room/ABCDE"),
    ("https://10.0.0.2/ABCDE", None), ("http://10.0.0.2:11480", None), ("http://a@b/ABCDE", None),
    ("http://10.0.0.2/ABCDE/x", None), ("http://10.0.0.2/ABCDE?x", None), ("", None), ("room.json", None)])
def test_addresses_as_they_are_typed(typed: str, url: str | None) -> None:
    found = address(typed)
    assert (found.url if found else None) == url


def test_a_file_that_is_no_profile_is_told_in_one_sentence(tmp_path: Any) -> None:
    file = tmp_path / "room.json"
    for content in ("{", "x" * (LARGEST + 1)):
        file.write_text(content)
        with pytest.raises(NoRoom) as told:
            open_room(str(file))
        assert str(file) in told.value.words.zh
    file.write_text(json.dumps(SOUND))
    assert open_room(str(file)).help == SOUND["help"]
