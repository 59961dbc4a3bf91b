"""Addresses as OpenCode's fetch reads them, compared with the reader inside OpenCode."""
from __future__ import annotations

import json
import os
import random
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.ollama.server import address, parse_host
from fixtures.programs.programs import Programs
from fixtures.system.loopback import is_local
from fixtures.system.proxies import captured
from fixtures.system.url import parse_url

PIECES = (
    "http", "https", "HTTP", ":", "//", "/", "\\", "localhost", "127.0.0.1", "0x7f.1", "2130706433", "[::1]",
    "[::ffff:127.0.0.1]", ":11434",
    ":80", "v1", "..", ".", "%2e", "%31", "?x=1", "#f", "@", "user:pw", "：", "。", "１２７", "①", " ", "\t", "\u200b", "例子",
    "[", "]",
    "0177.0.0.1", "127.1", "LOCALHOST", "1e3", "256", "é", "ß", ":0", ":011434", "|", "<", "%zz", "\x00", "*", "_", "-",
    "\uff0f",
)
STARTS = ("http://localhost:11434/v1", "http://127.0.0.1:11434/v1", "http://[::1]:11434/v1", "")
READ = """const all = JSON.parse(require("fs").readFileSync(0)); console.log(JSON.stringify(all.map(one => { try { const u = new URL(one);
return ["http:", "https:"].includes(u.protocol) ? [u.protocol, u.hostname, u.port, u.pathname] : null } catch (e) { return null } })))"""


def damaged(choice: random.Random) -> str:
    text = choice.choice(STARTS)
    for _ in range(choice.randint(1, 3)):
        at = choice.randint(0, len(text))
        text = text[:at] + choice.choice(PIECES) + text[at + choice.randint(0, 3) :]
    return text


@pytest.mark.real
def test_the_same_as_opencode_reads() -> None:
    """OpenCode's program is Bun with OpenCode inside, and answers as Bun when it is told to."""
    programs, choice = Programs(os.environ), random.Random(11434)
    texts = [damaged(choice) for _ in range(4000)]
    env = {"BUN_BE_BUN": "1", "PATH": os.environ["PATH"]}
    done = subprocess.run([programs.opencode(), "-e", READ], input=json.dumps(texts), env=env, capture_output=True,
                          text=True, timeout=60)
    programs.close()
    theirs = json.loads(done.stdout)
    assert sum(one is not None for one in theirs) > 400
    assert [] == [(text, one, parse_url(text)) for text,
                  one in zip(texts, theirs, strict=True) if _shape(text) != (tuple(one) if one else None)]


def _shape(text: str) -> tuple[str, str, str, str] | None:
    """As JavaScript shows it; what a path may hold unescaped is not compared."""
    from urllib.parse import quote

    url = parse_url(text)
    if url is None:
        return None
    port = "" if url.port == {"http": 80, "https": 443}[url.scheme] else str(url.port)
    return (
        f"{url.scheme}:",
        f"[{url.host}]" if ":" in url.host else url.host,
        port,
        quote(url.path, safe="%/:@!$&'()*+,;=[]|~_-.^"),
    )


@pytest.mark.parametrize(("typed", "origin", "path"), [
    ("http://localhost:11434/v1", "http://localhost:11434", "/v1"),
    (" HTTP:\\\\LOCALHOST:11434\\v1\n", "http://localhost:11434", "/v1"),
    ("http:localhost:11434/api/../v1/", "http://localhost:11434", "/v1/"),
    ("http://127。0。0。1:11434/./v1", "http://127.0.0.1:11434", "/v1"),
    ("http://2130706433/v1", "http://127.0.0.1:80", "/v1"),
    ("http://[::ffff:127.0.0.1]:11434//v1", "http://[::ffff:7f00:1]:11434", "//v1"),
])
def test_what_it_normalises(typed: str, origin: str, path: str) -> None:
    url = parse_url(typed)
    assert url and (url.origin, url.path) == (origin, path) and is_local(url.host)


@pytest.mark.parametrize("typed", ["http://localhost：11434/v1", "http://[::1", "localhost:11434/v1", "http://",
                                   "http://a:99999", "http://a b", ""])
def test_what_is_no_address(typed: str) -> None:
    assert parse_url(typed) is None


@given(st.text() | st.from_regex(r"https?://[\[\]:：.0-9a-fx%@/\\?#]*", fullmatch=True))
def test_no_text_breaks_a_reader(text: str) -> None:
    url = parse_url(text)
    assert url is None or (0 <= url.port < 65536 and url.host)
    assert isinstance(captured({"HTTP_PROXY": text, "NO_PROXY": text}, text), tuple | None)
    assert is_local(text) in (True, False)
    found = address(parse_host(text), "OLLAMA_HOST")
    assert found is None or parse_url(found.url)


@pytest.mark.parametrize(("typed", "url"), [
    ("127.0.0.1：11434", None), ("[::1", "http://[::1]:11434"), ("::::", None), (":11435", "http://127.0.0.1:11435"),
    ("http://h", "http://h:80"),
    ("0.0.0.0", "http://127.0.0.1:11434"), ("localhost:99999", "http://localhost:11434"), ("tcp://x", None),
    ("", "http://127.0.0.1:11434"),
])
def test_ollama_host(typed: str, url: str | None) -> None:
    found = address(parse_host(typed), "OLLAMA_HOST")
    assert (found.url if found else None) == url


@pytest.mark.parametrize(("exempt", "localhost", "number"), [
    ("localhost,127.0.0.1", False, False), ("localhost 127.0.0.1", True, True), (" localhost , x", False, True),
    ("LOCALHOST", False, True),
    ("host", True, True), (".localhost", False, True), ("*", False, False), ("*.localhost", True, True),
    ("localhost:11434", False, True),
    ("localhost:1", True, True), ("LocalHost:11434", False, True), ("", True, True), ('""', True, True),
    ("localhost;", True, True),
    ("127.0.0.0/8", True, True), ("127.0.0.1:11434", True, False), ("x,*", False, False), (".", True, True),
    ("localhost.", True, True),
])
def test_no_proxy(exempt: str, localhost: bool, number: bool) -> None:
    """Each of these was measured with a proxy that answers itself."""
    env = {"HTTP_PROXY": "http://127.0.0.1:9", "NO_PROXY": exempt}
    assert bool(captured(env, "http://localhost:11434/v1")) is localhost
    assert bool(captured(env, "http://127.0.0.1:11434/v1")) is number


@pytest.mark.parametrize(("env", "caught"), [
    ({"http_proxy": "http://p:1"}, "http_proxy"), ({"http_proxy": "", "HTTP_PROXY": "http://p:1"}, "HTTP_PROXY"),
    ({"HTTP_PROXY": '""'}, None),
    ({"HTTPS_PROXY": "http://p:1", "ALL_PROXY": "http://p:1"}, None),
    ({"HTTP_PROXY": "p", "no_proxy": "", "NO_PROXY": "localhost"}, None),
    ({"HTTP_PROXY": "p", "no_proxy": "x", "NO_PROXY": "localhost"}, "HTTP_PROXY"),
])
def test_which_variable_counts(env: dict[str, str], caught: str | None) -> None:
    found = captured(env, "http://localhost:11434/v1")
    assert (found.variable if found else None) == caught
