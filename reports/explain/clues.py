"""Clues that a pasted set-up holds beside its words: addresses, versions, columns, the shape of a config.

A clue is a word such as `clue:base-url-without-v1`, appended to the text for the patterns of `reports/explain/signs/`.
What is read here is often a fragment or broken, so it is searched and not parsed.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator

from reports.explain.pasted_config import config_clues, limit_clues
from reports.explain.replies import asked_paths, forbidden_origins, refusals

_URL = re.compile(
    r"""(?ix)
    ["']? (?P<key> \w*base_?ur[il] | endpoint | \w*_base_url | apiBase | api_base) ["']? \s* (?:[:=]|is|was) \s*
    ["']? (?P<url> [^\s"',}\\]+ )"""
)
_HERE = re.compile(r"(?i)^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?|0\.0\.0\.0)$")
_OWN_CHOICE = [str(port) for port in range(11434, 11440)]  # a second server gets the next port
# Whoever asks by other means gets an answer, so the server runs: what stands between is the question.
_ANSWERS = re.compile(
    r"ollama is running|active \(running\)|\bis active\b"
    r"|(?:(?<!\bno )\b(?:curl|wget|browser|firefox|chrome|postman|apifox|insomnia"
    r"|powershell|terminal|server|ollama|open ?webui)\b"
    r"|/api/(?:tags|version))(?:(?!\bnot\b|n.t\b|never|cannot|fail)[^\n]){0,40}"
    r"(?:\b(?:works?|fine|ok|succeeds?|returns?|repl(?:y|ies)|answers?|responds?|runs)\b|正常|可以|成功)"
)
_AN_ANSWER = "running active work fine ok succeed return repl answer respond runs 正常 可以 成功".split()
# A container or WSL is where somebody works; it is the cause only where a connection fails too.
_OTHER_SIDE = re.compile(
    r"docker|podman|\bcontainer|kubernetes|\bk8s\b|\bpods?\b|\bcluster\b|\bwsl ?2?\b|\bvms?\b"
    r"|virtual machine|devcontainer|\b192\.168\.\d|\blan\b"
    r"|\b(?:remote|another|other|second|separate) (?:host|machine|server|computer|pc|box|node)|容器|虚拟机|局域网"
    r"|(?:另一台|其他|别的)[^\n]{0,3}(?:机器|电脑|主机|服务器)"
)
_NO_CONNECTION = re.compile(
    r"refused|econn|errno 111|10061|unreachable|no route|fetch failed|connecterror|connection (?:error|reset|fail\w*)"
    r"|\b(?:not|n.t|cannot|unable to|fails? to|failed to|never|failure|trouble|how (?:can|do|to|is)\b[^\n]{0,20})"
    r"[^\n]{0,24}\b(?:connect|reach|access|talk)\w*|\bcurl\b[^\n]{0,20}fail|no (?:data|http|request)"
    r"|无法(?:连接|访问)|连不上|访问不[了到]|拒绝"
)
_NAME = re.compile(r"\b[\w.-]+(?:/[\w.-]+)*:[\w.-]+\b")


def clues(text: str) -> Iterator[str]:
    """All clues in `text`, each once, ready to be matched."""
    found = dict.fromkeys(clue for read in _READERS for clue in read(text))
    yield from (f"clue:{clue}" for clue in found)


def _addresses(text: str) -> Iterator[str]:
    if not any(word in text.lower() for word in ("ur", "endpoint", "api")):
        return
    for match in _URL.finditer(text):
        key, url = match["key"], match["url"]
        parts = re.match(r"(?i)(https?)://([^/:]+|\[[^\]]*\])(?::(\d+))?(/.*)?$", url)
        if parts is None:
            if re.match(r"(?i)(localhost|\d+\.\d+\.\d+\.\d+)[:/]", url):
                yield "base-url-odd"
            continue
        yield from _address(key, *parts.groups())


def _address(key: str, scheme: str, host: str, port: str | None, path: str | None) -> Iterator[str]:
    local = bool(_HERE.match(host)) or port == "11434"
    if port and port not in _OWN_CHOICE and difflib.SequenceMatcher(None, port, "11434").ratio() >= 0.75:
        yield "port-typo"
    ending = (path or "").rstrip("/")
    if local and ending in ("", "/api", "/api/chat", "/api/generate"):
        yield "base-url-without-v1"
    elif local and (scheme.lower() == "https" or ending != "/v1" or _misspelt(key)):
        yield "base-url-odd"
    elif local:
        yield "base-url-sound"
    if local and not _HERE.match(host):
        yield "address-not-here"


def _misspelt(key: str) -> bool:
    return key != "baseURL" and re.match(r"(?i)base_?ur[il]$", key) is not None


def _files(text: str) -> Iterator[str]:
    if re.search(r"opencode[_.]jsonc\b", text) and re.search(r"opencode[_.]json\b", text):
        yield "json-and-jsonc"


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def _versions(text: str) -> Iterator[str]:
    if not re.search(r"\d\.\d+\.\d", text):
        return
    server = re.search(r"(?i)ollama ?(?:version|版本) ?(?:is|是)? ?v?(\d+\.\d+\.\d+)", text)
    client = re.search(r"(?i)(?:client version|客户端)[^\n\d]{0,12}v?(\d+\.\d+\.\d+)", text)
    if server and client and server[1] != client[1]:
        yield "version-mismatch"
    for match in re.finditer(r"(?i)ollama[ _](?:version|server)?\W{0,4}(?:is )?v?(\d+\.\d+\.\d+)", text):
        if _number(match[1]) < (0, 10, 0):
            yield "ollama-old"
    for match in re.finditer(r"(?i)(?<![\w-])opencode(?:[ _]?version)?\W{0,4}v?(\d+\.\d+\.\d+)", text):
        if _number(match[1]) >= (2, 0, 0):
            yield "opencode-v2"
        elif _number(match[1]) < (0, 1, 0):
            yield "opencode-namesake"
        elif _number(match[1]) < (1, 2, 27):
            yield "opencode-old"


def _loaded(text: str) -> Iterator[str]:
    """The columns of `ollama ps`: PROCESSOR and CONTEXT, or the fields behind them."""
    if re.search(r"100\s?% ?CPU|\"?size_vram\"?: ?0\b", text):
        yield "all-cpu"
    if re.search(r"\d+\s?%/\d+\s?% CPU/GPU", text):
        yield "cpu-gpu-split"
    before = r"(?:%\s?(?:CPU/)?[CG]PU\s+|context_length\"?: ?|n_ctx ?= ?|default_num_ctx=|num_ctx\W{1,3})"
    window = re.search(before + r"(\d{4,7})\b", text)
    if window and int(window[1]) < 16384:
        yield "small-window"


def _variables(text: str) -> Iterator[str]:
    proxy = re.search(r"(?i)\bhttps?_proxy\W{1,4}(https?://|socks|[\w.-]+:\d)", text)
    exempt = re.search(r"(?i)\bno_proxy\W{1,4}[^\n]*?(localhost|127\.0\.0\.1|\*)", text)
    if proxy and not exempt:
        yield "proxy-without-no-proxy"
    if re.search(r"Environment=[^\n]*OLLAMA_MODELS=/(?:home|root|media|run)/", text):
        yield "models-in-private-folder"  # the service runs as a user of its own
    host = re.search(r"(?i)OLLAMA_HOST\W{1,4}(?:https?://)?([\w.\[\]]*)(?::(\d+))?", text)
    url = re.search(r"(?i)base_?url\W{1,5}https?://([^/:\s\"]+)(?::(\d+))?", text)
    if host and url and host[2] and url[2] and host[2] != url[2]:
        yield "host-differs"


def _names(text: str) -> Iterator[str]:
    missing = re.search(r"(?i)model\W{1,3}([\w./:-]{2,80}?)['\"`]?,?\s(?:was )?not found", text)
    if not missing:
        return
    asked = missing[1].lower().removeprefix("ollama/")
    if ":" not in asked and re.search(r"-\d+(?:\.\d+)?b\b", asked):
        yield "name-near"  # the size stands behind a colon in every name of Ollama's library
    others = {name.lower() for name in _NAME.findall(text)} - {asked, missing[1].lower()}
    same_family = any(other.split(":")[0] == asked.split(":")[0] for other in others)
    if same_family or difflib.get_close_matches(asked, others, 1, 0.8):
        yield "name-near"


def _capabilities(text: str) -> Iterator[str]:
    if "capabilities" not in text.lower():
        return
    kinds = "completion|tools|thinking|vision|insert|embedding|audio"
    shown = re.search(rf"(?is)\bcapabilities\b\W+((?:{kinds}|\W)+)", text)
    if shown and "tools" not in shown[1].lower() and re.search(r"(?i)completion|embedding", shown[1]):
        yield "no-tools-capability"


def _server(text: str) -> Iterator[str]:
    lowered = text.lower()
    if any(word in lowered for word in _AN_ANSWER) and _ANSWERS.search(lowered):
        yield "server-answers"
    if _OTHER_SIDE.search(lowered) and _NO_CONNECTION.search(lowered):
        yield "no-connection-across"


def _listener(text: str) -> Iterator[str]:
    if "LISTEN" not in text.upper():
        return
    for match in re.finditer(r"(?im)^(.*:11434\b.*\bLISTEN.*)$", text):
        if "ollama" not in match[1].lower():
            yield "listener-not-ollama"


_READERS: tuple[Callable[[str], Iterator[str]], ...] = (
    _addresses,
    config_clues,
    _files,
    _versions,
    _loaded,
    _variables,
    _names,
    _capabilities,
    _server,
    _listener,
    limit_clues,
    asked_paths,
    refusals,
    forbidden_origins,
)
