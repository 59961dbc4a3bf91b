"""Takes names, home folders and secrets out of all that is written down, and what could forge a page or a terminal.
Done once, on the whole result, before any file or page is made: `Redactor.value`. Every pattern is linear in its text.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from reports.redact.spellings import OTHER_HOMES, home_folders, names, vocabulary
from reports.words import words

GONE = "***"
LONGEST_LINE = 2000
READ_LINE, READ_TEXT = 100_000, 400_000
"""Characters looked at of a line and of a text: whatever a server sends, a report is soon written."""
DEEPEST = 60
"""Levels of nested evidence; deeper comes only from a forged answer."""

# ---- what could move the cursor, hide text or turn it around ----

_ANSI = re.compile(r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]?")
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_HIDDEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\uffff\ud800-\udfff"
    "\U000e0000-\U000e0fff]"
)


def _visible(match: re.Match[str]) -> str:
    """A control character as its picture, any other hidden one by its number."""
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "\ufffd" if code == 0x7F or 0xD800 <= code < 0xE000 or code == 0xFFFD else f"‹U+{code:04X}›"


def clean(text: str) -> str:
    """Without ANSI codes; control characters, bidi marks and lone surrogates become visible, line ends `\\n`."""
    if text.isprintable():  # of the hidden ones, none is printable
        return text
    return _HIDDEN.sub(_visible, _LINE_ENDS.sub("\n", _ANSI.sub("", text)))


# ---- secrets by their shape, and by the name before them ----

_PEM = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----.*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----|\Z)", re.S)
_SHAPES = re.compile(
    r"""(?<![A-Za-z0-9])(?:
      (?:sk|rk|pk)[-_](?:[a-z]{2,12}[-_])*[A-Za-z0-9_-]{16,} | gh[pousr]_\w{16,} | github_pat_\w{16,} | glpat-[\w-]{16,}
    | hf_[A-Za-z0-9]{16,} | (?:gsk|npm|dop_v1|r8)_[A-Za-z0-9]{20,} | (?:xai|nvapi|pypi|tvly|pplx)-[\w-]{20,}
    | AIza[\w-]{20,} | xox[a-z]-[\w-]{8,} | (?:AKIA|ASIA)[A-Z0-9]{12,} | ya29\.[\w-]{16,}
    | eyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*)? | [0-9a-f]{32}\.[\w-]{16,} | ssh-(?:ed25519|rsa)\ [A-Za-z0-9+/=]{20,}
    )""",
    re.X,
)
_BEARER = re.compile(r"(?i)\b(bearer[ \t]+)(?!\{|\*\*\*)[\w.~+/=-]{8,}")
_HEADER = re.compile(
    r"(?i)((?:authorization|cookie)[ \t]{0,3}[:=][ \t]{0,3})(?![ \t\"'\\{]|\*\*\*(?:$|[\"'\n]))[^\"'\r\n]+"
)
_USERINFO = re.compile(r"(?i)(?<![a-z0-9+.-])([a-z][a-z0-9+.-]{0,20}:(?://|\\/\\/))[^\s/@\"'<>\\]{1,512}@")
_NAMED = r"api[ _-]?keys?|(?:access|secret|private)[ _-]?key|token|secret|pass(?:word|wd|phrase)|pwd|credentials?"
_QUERY = re.compile(rf"(?i)([?&#;](?:[\w-]{{0,24}}(?:{_NAMED})|key|auth|sig|signature|code|pass)=)[^&#\s\"'<>]+")
_KEPT = r"(?!\{(?:env|file):|\*\*\*|~(?![^\s\"'/\\]))"
"""A reference to a variable or a file is no secret, nor is what was taken out before."""
_VALUE = (
    rf"{_KEPT}(?:"
    rf'\\"{_KEPT}[^"\\\r\n]*|"{_KEPT}(?:\\.|[^"\\\r\n])*|\'{_KEPT}(?:\\.|[^\'\\\r\n])*'
    r"|(?!(?:null|true|false|none|undefined)\b)[^\s\"',;&{}\[\]()<>\\`，。；、]+)"
)
_NAME_THEN_VALUE = re.compile(
    rf"(?i)((?:{_NAMED}|authorization|密码|口令|令牌|密钥)(?:\\?[\"'])?[ \t]{{0,3}}(?:=>|[:=：])[ \t]{{0,3}}"
    rf"|--(?:api-key|token|password|secret)[ \t]){_VALUE}"
)
_AUTH_FILE = re.compile(
    r"""(\\?"(?:key|access|refresh)\\?"\s{0,3}:\s{0,3}\\?")(?=[^"\\]{0,512}\d)[\w-]{16,}(?=[\\"]|$)"""
)
"""OpenCode's auth.json calls a key `key`, and an OAuth login's tokens `access` and `refresh`."""

_SECRET_KEY = re.compile(rf"(?i)(?:^|[\w.-])(?:{_NAMED}|authorization|cookie)$|^(?:{_NAMED}|authorization|cookie)$")
_SECRET_VARIABLE = re.compile(
    r"(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|PASS|CREDENTIALS?|AUTHORIZATION|COOKIE)(?:_|$)", re.I
)
_REFERENCE = re.compile(r"\{(?:env|file):[^}]*\}")
_PASSWORD_IN_URL = re.compile(r"://[^\s/@:]*:([^\s/@]{4,})@")


_AMOUNT = re.compile(r"\d{1,7}(?:\.\d{1,4})?")
"""Of tokens, or of seconds until one."""


def _masked(match: re.Match[str]) -> str:
    """The name and its opening quote stay, so that one sees what was taken out."""
    value = match[0][len(match[1]) :]
    if "token" in match[1].lower() and _AMOUNT.fullmatch(value):
        return match[0]
    opening = re.match(r"\\?[\"']?", value)
    return match[1] + (opening[0] if opening else "") + GONE


def _without_secrets(text: str) -> str:
    if "-----BEGIN" in text:
        text = _PEM.sub(GONE, text)
    text = _USERINFO.sub(rf"\1{GONE}@", _SHAPES.sub(GONE, text))
    text = _QUERY.sub(rf"\1{GONE}", _BEARER.sub(rf"\1{GONE}", _HEADER.sub(rf"\1{GONE}", text)))
    return _AUTH_FILE.sub(rf"\1{GONE}", _NAME_THEN_VALUE.sub(_masked, text))


class Redactor:
    """Replaces one person's home folder (`~`), names and secrets (`***`).

    `user` and `host` default to what `env` and this machine say; `secrets` are further strings not to be written.
    """

    def __init__(
        self,
        env: Mapping[str, str],
        home: Path,
        user: str | None = None,
        host: str | None = None,
        secrets: Iterable[str] = (),
    ) -> None:
        self._homes = home_folders(env, home)
        self._names = names(env, home, user, host)
        self._secrets = sorted(set(chain(_secret_values(env), *map(_encodings, secrets))), key=len, reverse=True)

    def text(self, text: str) -> str:
        text = clean(_bounded(text))
        for secret in self._secrets:
            text = text.replace(secret, GONE)
        text = _without_secrets(text)
        if self._homes:
            text = self._homes.sub("~", text)
        text = OTHER_HOMES.sub("~", text)
        if self._names:
            text = self._names.sub(GONE, text)
        return text if len(text) <= LONGEST_LINE else "\n".join(map(_short, text.split("\n")))

    def value(self, value: Any, _depth: int = 0) -> Any:
        """The same for everything in a JSON-like value, keys too; what JSON cannot hold becomes text or None."""
        if isinstance(value, str):
            return self.text(value)
        if value is None or isinstance(value, bool | int):
            return value
        if isinstance(value, float):
            return value if math.isfinite(value) else None
        if _depth >= DEEPEST:
            return "…"
        if isinstance(value, Mapping):
            login = value.get("type") in ("api", "oauth", "wellknown")  # an entry of OpenCode's auth.json
            return {self.text(str(key)): self._named(str(key), one, _depth + 1, login) for key, one in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self.value(one, _depth + 1) for one in value]
        return self.text(value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value))

    def _named(self, key: str, value: Any, depth: int, login: bool = False) -> Any:
        """What stands under a key called like a secret is one, except a reference to a variable or a file."""
        secret = _SECRET_KEY.search(key) or (login and key in ("key", "access", "refresh"))
        if secret and isinstance(value, str) and value and not _REFERENCE.fullmatch(value):
            return GONE
        if secret and isinstance(value, list | tuple):
            return [self._named(key, one, depth + 1) for one in value]
        return self.value(value, depth)


def _bounded(text: str) -> str:
    """So much of a text as anybody will read, whole lines where it has any."""
    if len(text) > READ_LINE:
        text = "\n".join(line[:READ_LINE] for line in text.split("\n"))
    return text if len(text) <= READ_TEXT else text[: text.rfind("\n", 0, READ_TEXT) + 1] + _cut_here()


def _short(line: str) -> str:
    return line if len(line) <= LONGEST_LINE else line[: LONGEST_LINE - len(_cut_here())] + _cut_here()


def _cut_here() -> str:
    """In both languages: the text is the same for whoever reads it."""
    return f" … ({' / '.join(words.names('cut-here'))})"


def _secret_values(env: Mapping[str, str]) -> Iterator[str]:
    """Values of variables named like secrets, and passwords in the addresses of others (a proxy's)."""
    for name, value in env.items():
        if _SECRET_VARIABLE.search(name) and not value.startswith("/"):
            yield from _encodings(value)
        for password in _PASSWORD_IN_URL.findall(value):
            yield from _encodings(password)


def _encodings(secret: str) -> Iterator[str]:
    """The value as it is, cleaned, in JSON and in a URL; nothing for words that every report needs."""
    if len(secret) >= 6 and secret.lower() not in vocabulary():
        yield from {secret, clean(secret), json.dumps(secret)[1:-1], quote(secret, safe=""), unquote(secret)}
