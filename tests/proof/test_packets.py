"""What a packet and a question for a name are read as."""
from __future__ import annotations

import socket
import struct

import pytest

from fixtures.proof.dns import Book, read_question
from fixtures.proof.packets import Packet, read_packet
from fixtures.proof.sink import asked_for

TO4, TO6 = socket.inet_aton("192.0.2.7"), socket.inet_pton(socket.AF_INET6, "2001:db8::7")


def v4(protocol: int, rest: bytes) -> bytes:
    return bytes([0x45]) + bytes(8) + bytes([protocol]) + bytes(2) + bytes(4) + TO4 + rest


def v6(protocol: int, rest: bytes) -> bytes:
    return bytes([0x60]) + bytes(5) + bytes([protocol, 64]) + bytes(16) + TO6 + rest


def tcp(flags: int, port: int = 443) -> bytes:
    return struct.pack("!HH", 50000, port) + bytes(9) + bytes([flags]) + bytes(6)


def query(name: str, kind: int = 1) -> bytes:
    labels = b"".join(bytes([len(one)]) + one.encode() for one in name.split("."))
    return b"\x12\x34" + struct.pack("!HHHHH", 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack("!HH", kind, 1)


@pytest.mark.parametrize(("data", "read"), [
    (v4(6, tcp(0x02)), Packet("tcp", "192.0.2.7", 443)),
    (v6(6, tcp(0x02, 80)), Packet("tcp", "2001:db8::7", 80)),
    (v4(6, tcp(0x12)), None),
    (v4(6, tcp(0x14)), None),
    (v4(17, struct.pack("!HHHH", 1, 123, 9, 0) + b"x"), Packet("udp", "192.0.2.7", 123, b"x")),
    (v6(0, bytes([17, 0]) + bytes(6) + struct.pack("!HHHH", 1, 5353, 8, 0)), Packet("udp", "2001:db8::7", 5353)),
    (v4(1, bytes([8, 0])), Packet("icmp", "192.0.2.7", None)),
    (v4(1, bytes([3, 3])), None),
    (v4(132, b"\0"), Packet("ip-132", "192.0.2.7", None)),
    (b"", None), (b"\x45", None), (v4(6, b""), None), (bytes([0x75]) + bytes(40), None),
])
def test_a_packet(data: bytes, read: Packet | None) -> None:
    assert read_packet(data) == read


def test_every_cut_of_a_packet_is_read_or_passed_over() -> None:
    for whole in (v4(6, tcp(2)), v6(0, bytes([17, 0]) + bytes(14)), query("a.invalid")):
        for length in range(len(whole)):
            read_packet(whole[:length])
            read_question(whole[:length])


def test_each_name_has_an_address_of_its_own_and_localhost_is_here() -> None:
    book = Book()
    one, other, again = (read_question(query(name)) for name in ("A.invalid", "b.invalid", "a.INVALID"))
    assert one and other and again
    assert [one.name, other.name] == ["a.invalid", "b.invalid"]
    assert book.reply(one)[-4:] == book.reply(again)[-4:] == socket.inet_aton("198.18.0.1")
    assert book.reply(other)[-4:] == socket.inet_aton("198.18.0.2")
    six, here = read_question(query("a.invalid", 28)), read_question(query("localhost"))
    assert six and here
    assert book.reply(six)[6:8] == b"\0\0" and book.reply(here)[-4:] == socket.inet_aton("127.0.0.1")
    assert book.names == {"198.18.0.1": "a.invalid", "198.18.0.2": "b.invalid"}


def test_an_answer_is_no_question() -> None:
    book, asked = Book(), read_question(query("a.invalid"))
    assert asked and read_question(book.reply(asked)) is None


@pytest.mark.parametrize(("head", "told"), [
    (b"CONNECT models.dev:443 HTTP/1.1\r\nHost: models.dev:443\r\n\r\n", ("models.dev", "CONNECT")),
    (b"POST http://localhost:11434/v1/chat HTTP/1.1\r\nHost: x\r\n\r\n", ("localhost:11434", "POST /v1/chat")),
    (b"GET /api?key=secret HTTP/1.1\r\nhost: a.invalid:8080\r\n\r\n", ("a.invalid:8080", "GET /api")),
    (b"GET / HTTP/1.1\r\n\r\n", ("?", "GET /")),
    (b"\x16\x03\x01\x00", ("?", "?")), (b"", ("?", "?")), (b"CONNECT [::1 HTTP/1.1\r\n\r\n", ("?", "CONNECT")),
])
def test_what_a_sink_reads_of_a_request(head: bytes, told: tuple[str, str]) -> None:
    assert asked_for(head) == told
