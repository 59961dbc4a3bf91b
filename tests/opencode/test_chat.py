"""When the suite stops listening to a reply: once a sentence has come and its speed is known."""
from __future__ import annotations

import itertools
import time
from queue import Queue
from typing import Any

import pytest

from fixtures.opencode import chat
from fixtures.opencode.chat import Reply, Turn

IDLE = ("session.idle", {})


def delta(text: str) -> tuple[str, dict[str, Any]]:
    return "message.part.delta", {"field": "text", "partID": "p", "delta": text}


def part(text: str) -> tuple[str, dict[str, Any]]:
    return "message.part.updated", {"part": {"type": "text", "id": "p", "messageID": "m", "text": text}}


@pytest.fixture
def follow(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What is read of these events, with 0.1 s between two of them."""
    clock = itertools.count(1)

    def follow(*events: tuple[str, dict[str, Any]], seconds: float = 1e9) -> tuple[Reply, int]:
        queue: Queue[dict[str, Any] | None] = Queue()
        for kind, properties in events:
            queue.put({"type": kind, "properties": {"sessionID": "s", **properties}})
        monkeypatch.setattr(chat, "NEXT_TOKEN", 0.01)
        monkeypatch.setattr(time, "monotonic", lambda: next(clock) / 10)
        return chat.follow(queue, Turn("s"), 0, seconds), queue.qsize()

    return follow


@pytest.mark.parametrize("first", ["Hi!", "Lad.", "你好！"])
def test_a_short_first_sentence_is_followed_until_its_speed_is_known(follow: Any, first: str) -> None:
    reply, left = follow(delta(first), *[delta(f" w{number}") for number in range(20)], IDLE)
    assert reply.speed and reply.tokens == 5 and left == 17 and reply.text.startswith(first) and reply.error is None


def test_a_reply_that_is_over_is_no_error_however_short(follow: Any) -> None:
    reply, left = follow(delta("Hi!"), IDLE)
    assert (reply.text, reply.speed, reply.error, left) == ("Hi!", None, None, 0)


def test_a_stall_after_the_sentence_is_no_error(follow: Any) -> None:
    reply, _ = follow(delta("Hello"), delta(" there."))
    assert (reply.text, reply.error) == ("Hello there.", None)


def test_a_stall_before_it_is_one(follow: Any) -> None:
    reply, _ = follow(delta("Hel"), seconds=0)
    assert reply.error == "Timeout"


def test_an_opencode_without_deltas_is_not_waited_for(follow: Any) -> None:
    reply, left = follow(part("Hello there, I am here."), part("Hello there, I am here. And more."), IDLE)
    assert (reply.error, reply.speed, left) == (None, None, 2)
