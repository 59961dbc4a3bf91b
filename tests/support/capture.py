"""Another way to see which names OpenCode asks for, with nothing of the suite's own: `CAPTURE` as a shell runs it.

Below `unshare -rnm`: the resolver of that namespace is `python -m tests.support.capture NAMES`, which denies all.
"""
from __future__ import annotations

import socketserver
import sys
import threading
from pathlib import Path
from typing import Any

CAPTURE = """
set -e
ip link set lo up
echo nameserver 127.0.0.1 > "$HOME/resolv.conf"
mount --bind "$HOME/resolv.conf" "$(readlink -f /etc/resolv.conf)"
"$PYTHON" -m tests.support.capture "$HOME/names" &
env HOME="$SERVER_HOME" OLLAMA_MODELS="$STORE" OLLAMA_HOST="127.0.0.1:$PORT" OLLAMA_NO_CLOUD=1 \\
    "$OLLAMA" serve > "$HOME/ollama.log" 2>&1 &
server=$!
until grep -q Listening "$HOME/ollama.log"; do sleep 0.05; done
cd "$PROJECT"
timeout 100 "$OPENCODE" run -m ollama/qwen2.5-coder:7b "hello" < /dev/null > "$HOME/run.log" 2>&1 || true
timeout 50 script -qec "$OPENCODE" /dev/null < /dev/null > "$HOME/screen.log" 2>&1 || true
kill $server
"""


class Names(socketserver.BaseRequestHandler):
    """Write the name down; there is none (RFC 1035: answer, code 3)."""

    seen: set[str] = set()
    file: Path

    def handle(self) -> None:
        data, asked = self.request
        labels, rest = [], data[12:]
        while rest and rest[0]:
            labels.append(rest[1:1 + rest[0]].decode())
            rest = rest[1 + rest[0]:]
        self.seen.add(".".join(labels).lower())
        self.file.write_text("\n".join(sorted(self.seen)), encoding="ascii")
        asked.sendto(data[:2] + b"\x81\x83" + data[4:6] + bytes(6) + data[12:], self.client_address)


def main(file: str) -> Any:
    Names.file = Path(file)
    server = socketserver.UDPServer(("127.0.0.1", 53), Names)
    threading.Thread(target=server.serve_forever).start()


if __name__ == "__main__":
    main(sys.argv[1])
