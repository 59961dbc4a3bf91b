"""A new network namespace has its loopback down; `ip` need not be installed. Standard library only."""
from __future__ import annotations

import socket
import struct


def loopback_up() -> None:
    import fcntl  # late: Windows has none, and imports what imports this

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh", b"lo", 0x41))  # SIOCSIFFLAGS: up and running


if __name__ == "__main__":
    loopback_up()
