"""Whatever a run prints, it prints in the encoding of the stream it goes to: one output, one encoding, no escapes."""

from __future__ import annotations

import io
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from fixtures import environment, python_version
from fixtures.system import stream
from fixtures.system.sentences import Sentences, Text
from fixtures.system.waits import Wait
from reports.progress import Progress
from tests.conftest import ROOT, checks_command
from tests.support.fix_homes import env_of, make_home

ENCODINGS = {"cp936": True, "cp1252": False, "cp437": False, "utf-8": True, "ascii": False}
"""A redirected stream of Windows has its code page (65001: UTF-8); whether that has Chinese."""
ESCAPED = re.compile(r"\\u[0-9a-f]{4}|\\x[0-9a-f]{2}|\?\?")
BOTH = Text("says nothing", "什么也不说")


@pytest.fixture
def silent() -> Iterator[str]:
    """A server that accepts and says nothing: the run waits three seconds for it, and tells."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


def printed(folder: Path, encoding: str, *args: str, **env: str) -> tuple[str, str]:
    """Standard output and standard error of a run, decoded as what they are; a byte that is not of it fails."""
    home = folder / "home"
    full = {
        **os.environ,
        **env_of(home if home.exists() else make_home(folder), PYTHONIOENCODING=encoding),
        **env,
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        checks_command(folder / "report", *args), env=full, cwd=ROOT, capture_output=True, timeout=120
    )
    return done.stdout.decode(encoding), done.stderr.decode(encoding)


@pytest.mark.parametrize(("encoding", "lang"), [*((encoding, "zh") for encoding in ENCODINGS), ("cp936", "en")])
def test_report_and_progress_are_one_encoding(encoding: str, lang: str, silent: str, tmp_path: Path) -> None:
    out, err = printed(tmp_path, encoding, "-k", "server_listening", f"--lang={lang}", OLLAMA_HOST=silent)
    chinese = lang == "zh" and ENCODINGS[encoding]
    waits = "等 Ollama" if chinese else "waiting for Ollama"
    assert waits in out and ("先做这一步" if chinese else "DO THIS FIRST") in out, out
    assert bool(stream.CHINESE.search(out)) == chinese and not ESCAPED.search(out + err), out + err


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_refusal_is_in_every_language_that_can_be_shown(encoding: str, tmp_path: Path) -> None:
    _, err = printed(tmp_path, encoding, "--fix", "--mirror=ftp://x")
    assert "no mirror has that address" in err and ("--mirror 的地址不对" in err) == ENCODINGS[encoding]
    assert not ESCAPED.search(err)


class Stream(io.TextIOWrapper):
    """A stream of that encoding, and what was written to it."""

    def __init__(self, encoding: str) -> None:
        super().__init__(io.BytesIO(), encoding=encoding, errors="backslashreplace", newline="\n", write_through=True)

    @property
    def text(self) -> str:
        return self.buffer.getvalue().decode(self.encoding)  # type: ignore[attr-defined]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_first_start_is_told_in_what_can_be_shown(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", Stream(encoding))
    text = Sentences.beside(environment.__file__)
    environment.say(text("first-start"))
    stream.say(f"{text('no-pip').both}\nC:\\Users\\Jos\u00e9")
    monkeypatch.setattr(sys, "version_info", (3, 9, 1))
    with pytest.raises(SystemExit) as told:
        python_version.require()
    said = sys.stderr.text + str(told.value)  # type: ignore[attr-defined]
    assert "First start: installing" in said and "needs Python 3.11" in said and "Jos" in said
    assert ("第一次运行" in said) == ("需要 Python 3.11" in said) == ENCODINGS[encoding] and not re.search(r"\\u", said)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_signs_that_an_encoding_lacks_become_plain_ones(encoding: str) -> None:
    line = stream.fitted("“x” – café … 中", encoding)
    assert line.encode(encoding) and (line == "“x” – café … 中") == (encoding in ("utf-8", "cp936"))
    out = Stream(encoding)
    stream.forgive(out)
    print("“x” …", file=out)
    assert ESCAPED.search(out.text) is None and "x" in out.text


def test_a_line_on_a_terminal_is_written_over_with_blanks(monkeypatch: pytest.MonkeyPatch) -> None:
    out = Stream("cp936")
    out.isatty = lambda: True  # type: ignore[method-assign]
    out.fileno = lambda: 1  # type: ignore[method-assign]
    monkeypatch.setattr(os, "get_terminal_size", lambda descriptor: os.terminal_size((80, 24)))
    progress = Progress("zh", out)
    for words in (Text("a", "很长很长的一句话"), Text("a", "短")):
        progress._tell(Wait(words, 60, so_far=lambda words=words: words))  # type: ignore[misc]
    progress._erase()
    first, second, third = out.text.split("\r")[1:4]
    assert first == "  很长很长的一句话" and second == "  短" + " " * 14 and third == " " * 4 and "\x1b" not in out.text


@pytest.mark.skipif(
    os.name == "nt", reason="a pseudo-terminal (Windows' console has tests of its own): run this on Linux or macOS"
)
@pytest.mark.parametrize("encoding", ["cp936", "utf-8"])
def test_on_a_terminal_too(encoding: str, silent: str, tmp_path: Path) -> None:
    import pty

    main, side = pty.openpty()
    seen = bytearray()

    def read() -> None:
        try:
            while piece := os.read(main, 4096):
                seen.extend(piece)
        except OSError:  # the other end is closed
            return

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    env = {
        **env_of(make_home(tmp_path), PYTHONIOENCODING=encoding, OLLAMA_HOST=silent, TERM="xterm"),
        "PYTHONPATH": str(ROOT),
    }
    subprocess.run(
        checks_command(tmp_path / "report", "-k", "server_listening", "--lang=zh"),
        env=env,
        cwd=ROOT,
        stdin=side,
        stdout=side,
        stderr=side,
        timeout=120,
    )
    os.close(side)
    reader.join(timeout=10)
    text = seen.decode(encoding)
    assert "\r  等 Ollama" in text and "先做这一步" in text and not ESCAPED.search(text)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(
    "command",
    [("explain", "--lang=zh"), ("room", "nowhere", "--lang=zh"), ("--help",)],
    ids=["explain", "room", "help"],
)
def test_other_commands_too(command: tuple[str, ...], encoding: str) -> None:
    env = {**os.environ, "PYTHONIOENCODING": encoding, "LANG": "zh_CN.UTF-8", "LC_ALL": "", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "reports", *command],
        env=env,
        cwd=ROOT,
        capture_output=True,
        timeout=60,
        input=b"bind: address already in use",
    )
    said = (done.stdout + done.stderr).decode(encoding)
    assert bool(stream.CHINESE.search(said)) == ENCODINGS[encoding] and not ESCAPED.search(said), said
