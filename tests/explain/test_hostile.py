"""`explain` on texts that nobody should paste: megabytes, binary, brackets without end."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import pytest

from reports.explain.explain import explain
from reports.explain.long_log import AT_ONCE
from reports.explain.pasted import decoded, readable

NOISE = random.Random(7)
WORDS = "ollama opencode config not model the port server proxy 404 tool in /v1".split()
HOSTILE: dict[str, Callable[[], str]] = {
    "one line": lambda: "a" * AT_ONCE,
    "words of one line": lambda: "ollama model not found " * (AT_ONCE // 24),
    "many different lines": lambda: "\n".join(f"error {n**3} could not {chr(65 + n % 50) * 9}" for n in range(150_000)),
    "opening brackets": lambda: '{"$schema": ' * (AT_ONCE // 12),
    "nested arrays": lambda: "[" * 1_000_000,
    "spaces": lambda: "opencode" + " " * (AT_ONCE - 10),
    "almost a match": lambda: "ollama config model context tool download server not " * 150_000,
    "words in all orders": lambda: " ".join(NOISE.choices(WORDS, k=900_000)),
    "a page of words": lambda: " ".join(NOISE.choices(WORDS, k=3_000)),
    "escape codes": lambda: "\x1b[" * (AT_ONCE // 4),
    "control characters": lambda: NOISE.randbytes(500_000).decode("latin-1"),
    "quotes": lambda: '"' * 2_000_000,
    "escaped quotes": lambda: '\\"' * 2_000_000,
    "environment dump": lambda: 'env="map[' + "A:]b" * 1_000_000,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_ten_megabytes_take_less_than_five_seconds(kind: str) -> None:
    """Of processor time: another process may hold this one up for as long as it likes."""
    text = HOSTILE[kind]()
    start = time.process_time()
    explain(text)
    assert time.process_time() - start < 5


def test_binary_is_read_without_a_crash() -> None:
    assert isinstance(explain(decoded(NOISE.randbytes(200_000))), list)


def test_the_message_at_the_end_of_a_long_log_is_found() -> None:
    request = '[GIN] 2026/02/01 - 10:00:{:02} | 200 | {}ms | 127.0.0.1 | GET "/api/tags"'
    usual = "\n".join(request.format(n % 60, n) for n in range(60_000))
    first = explain(f"{usual}\nError: digest mismatch, file must be downloaded again")[0]
    assert first.pitfall.id == "download-corrupt"
    assert len(readable(usual)) < 100_000
