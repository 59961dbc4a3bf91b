"""A server's log of any size, with one error in its last line."""
from __future__ import annotations

from collections.abc import Iterator

ERROR = "Error: digest mismatch, file must be downloaded again"


def server_log(size: int) -> Iterator[bytes]:
    """About a megabyte at a time: requests, starts, and warnings of which no two are of one kind."""
    count = 0
    while size > 0:
        block = "".join(_lines(count + number) for number in range(5_000)).encode()
        count += 5_000
        yield block
        size -= len(block)
    yield f"{ERROR}\n".encode()


def _lines(number: int) -> str:
    mixed = number * 2654435761 % 2**40
    second = f"2026-02-01T{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}"
    return (f'[GIN] {second} | 200 | {number % 97}.{number}ms | 127.0.0.1 | GET "/api/tags"\n'
            f'time={second}Z level=INFO msg="llama runner started in {number % 7} seconds" id={mixed:x}\n'
            + (f'time={second}Z level=WARN msg="something unexpected" id={mixed:x}\n' if number % 10 == 3 else ""))
