"""Takes names, home folders and secrets out of everything that is written down, and what could forge a page or a terminal.

Done once, on the whole result, before any file or page is made: `Redactor.value`. Every pattern is linear in its text, so that
a server's answer of a megabyte on one line costs milliseconds.
"""
from __future__ import annotations

import json
import math
import os
import platform
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

GONE = "***"
LONGEST_LINE = 2000
READ_LINE, READ_TEXT = 100_000, 400_000
"""Characters looked at of a line and of a text; what lies beyond is left out, and counted."""
DEEPEST = 60
"""Levels of nested evidence; deeper comes only from a forged answer."""

# ---- what could move the cursor, hide text or turn it around -----------------------------------------------------------

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


# ---- secrets by their shape, and by the name before them ---------------------------------------------------------------

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
_HEADER = re.compile(r"(?i)((?:authorization|cookie)[ \t]{0,3}[:=][ \t]{0,3})(?![ \t\"'\\{]|\*\*\*(?:$|[\"'\n]))[^\"'\r\n]+")
_USERINFO = re.compile(r"(?i)(?<![a-z0-9+.-])([a-z][a-z0-9+.-]{0,20}:(?://|\\/\\/))[^\s/@\"'<>\\]{1,512}@")
_NAMED = r"api[ _-]?keys?|access[ _-]?key|secret[ _-]?key|private[ _-]?key|token|secret|pass(?:word|wd|phrase)|pwd|credentials?"
_QUERY = re.compile(rf"(?i)([?&#;](?:[\w-]{{0,24}}(?:{_NAMED})|key|auth|sig|signature|code|pass)=)[^&#\s\"'<>]+")
_VALUE = (
    r"(?!\{(?:env|file):|\*\*\*)(?:"
    r'\\"(?!\{(?:env|file):|\*\*\*)[^"\\\r\n]*|"(?!\{(?:env|file):|\*\*\*)(?:\\.|[^"\\\r\n])*|\'(?!\{(?:env|file):|\*\*\*)(?:\\.|[^\'\\\r\n])*'
    r"|(?!(?:null|true|false|none|undefined)\b)[^\s\"',;&{}\[\]()<>\\`，。；、]+)"
)
_NAME_THEN_VALUE = re.compile(
    rf"(?i)((?:{_NAMED}|authorization|密码|口令|令牌|密钥)(?:\\?[\"'])?[ \t]{{0,3}}(?:=>|[:=：])[ \t]{{0,3}}"
    rf"|--(?:api-key|token|password|secret)[ \t]){_VALUE}"
)
_AUTH_FILE = re.compile(r"""(\\?"(?:key|access|refresh)\\?"\s{0,3}:\s{0,3}\\?")(?=[^"\\]{0,512}\d)[\w-]{16,}(?=[\\"]|$)""")
"""OpenCode's auth.json calls a key `key`, and an OAuth login's tokens `access` and `refresh`."""

_SECRET_KEY = re.compile(rf"(?i)(?:^|[\w.-])(?:{_NAMED}|authorization|cookie)$|^(?:{_NAMED}|authorization|cookie)$")
_SECRET_VARIABLE = re.compile(r"(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|PASS|CREDENTIALS?|AUTHORIZATION|COOKIE)(?:_|$)", re.I)
_REFERENCE = re.compile(r"\{(?:env|file):[^}]*\}")
_PASSWORD_IN_URL = re.compile(r"://[^\s/@:]*:([^\s/@]{4,})@")


def _masked(match: re.Match[str]) -> str:
    """The name and its opening quote stay, so that one sees what was taken out."""
    value = match[0][len(match[1]) :]
    if value.isdigit() and len(value) < 8 and "token" in match[1].lower():  # an amount of tokens
        return match[0]
    opening = re.match(r"\\?[\"']?", value)
    return match[1] + (opening[0] if opening else "") + GONE


def _without_secrets(text: str) -> str:
    if "-----BEGIN" in text:
        text = _PEM.sub(GONE, text)
    text = _USERINFO.sub(rf"\1{GONE}@", _SHAPES.sub(GONE, text))
    text = _QUERY.sub(rf"\1{GONE}", _BEARER.sub(rf"\1{GONE}", _HEADER.sub(rf"\1{GONE}", text)))
    return _AUTH_FILE.sub(rf"\1{GONE}", _NAME_THEN_VALUE.sub(_masked, text))


# ---- home folders -------------------------------------------------------------------------------------------------------

_SEP = r"(?:\\{1,4}/?|/|%(?:25)?(?:2f|5c))"
_DRIVE = rf"(?:{_SEP}(?:mnt{_SEP}|cygdrive{_SEP})?|(?<![a-z0-9]))LETTER(?::|%3a)?"
"""C: as Windows writes it, or /c, /mnt/c and /cygdrive/c as MSYS, WSL and Cygwin do."""
_NOBODY = r"public|shared|default(?: user)?|all users|linuxbrew|\.ecryptfs|\.{1,3}|~|\*\*\*"
_NAME = r"""(?:[^\s\\/:;,'"`<>|?*%&(){}\[\]，。；：、（）“”]|%(?!(?:25)?(?:2f|5c))[0-9a-f]{2}){1,64}"""
_OTHERS = re.compile(
    rf"(?i)(?:(?<![\w.~])|(?<=%2f)|(?<=\\[nrt]))(?:{_DRIVE.replace('LETTER', '[a-z]')}(?={_SEP}Users)"
    rf"|{_SEP}{{1,2}}wsl(?:\$|\.localhost){_SEP}[\w.-]{{1,40}}|{_SEP}(?:private|var|export|System{_SEP}Volumes{_SEP}Data))?{_SEP}(?:home|Users|Documents\ and\ Settings){_SEP}"
    rf"(?!(?:{_NOBODY})(?![\w-])){_NAME}(?:(?:\ {_NAME}){{1,3}}(?={_SEP}))?"
)


def _spellings(part: str) -> str:
    """One folder's name as it may be written: composed or not, escaped for JSON, encoded for a URL."""
    forms = {unicodedata.normalize(form, part) for form in ("NFC", "NFD")}
    forms |= {json.dumps(form)[1:-1] for form in set(forms)} | {quote(form) for form in set(forms)}
    return "(?:" + "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True)) + ")"


def _home_pattern(home: str) -> str | None:
    """None for a home that is no folder of a person's (`/`, empty)."""
    parts = [part for part in re.split(r"[\\/]+", home) if part]
    drive = re.fullmatch(r"([A-Za-z]):", parts[0]) if parts else None
    names = _SEP.join(_spellings(part) for part in parts[1:] if part) if drive else _SEP.join(map(_spellings, parts))
    if not names:
        return None
    before = "" if len(parts) > 1 else r"(?<![\w.~/-])"
    start = _DRIVE.replace("LETTER", drive[1]) if drive else rf"{before}(?:{_SEP}private)?"
    return rf"{start}{_SEP}{names}(?![\w-])"


# ---- names ---------------------------------------------------------------------------------------------------------------

_ORDINARY = frozenset(
    "root user users admin administrator runner runneradmin localhost home guest default public owner student teacher test demo"
    " ubuntu debian fedora centos linux macos windows darwin mac macbook desktop laptop computer workstation local localdomain lan"
    " docker podman container vagrant jenkins gitlab github actions build builder node python code work none null true false".split()
)


@cache
def _vocabulary() -> frozenset[str]:
    """The suite's own words: a person called like one of them must not turn every report into asterisks."""
    here = Path(__file__).parent
    schema = (here / "result.schema.json").read_text(encoding="utf-8")
    table = (here.parent / "checks" / "pitfalls.toml").read_text(encoding="utf-8")
    texts = re.sub(r"(?m)^(?:explain|hints|unless) = .*$", "", table)  # patterns for other people's messages
    return _ORDINARY | set(re.findall(r"[a-z0-9]+", f"{schema} {texts}".lower()))


def _is_name(word: str) -> bool:
    if not word.isascii():
        return len(word) >= 2
    return len(word) >= (6 if word.isdigit() else 3) and word.lower() not in _vocabulary()


def _word_pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    """Whole words; a Chinese name has no word boundary, so it is found anywhere."""
    kept = sorted({name for name in names if name and _is_name(name)}, key=len, reverse=True)
    words = (rf"(?<![A-Za-z0-9]){_spellings(name)}(?![A-Za-z0-9])" if name.isascii() else _spellings(name) for name in kept)
    return re.compile("|".join(words), re.I) if kept else None


class Redactor:
    """Replaces one person's home folder (`~`), names and secrets (`***`).

    `user` and `host` default to what `env` and this machine say; `secrets` are further strings that must not be written.
    """

    def __init__(
        self, env: Mapping[str, str], home: Path, user: str | None = None, host: str | None = None, secrets: Iterable[str] = ()
    ) -> None:
        self._homes = _homes_pattern(env, home)
        self._names = _word_pattern(chain(_users(env, home, user), _hosts(env, host)))
        self._secrets = sorted(set(chain(_secret_values(env), *map(_encodings, secrets))), key=len, reverse=True)

    def text(self, text: str) -> str:
        text = clean(_bounded(text))
        for secret in self._secrets:
            text = text.replace(secret, GONE)
        text = _without_secrets(text)
        if self._homes:
            text = self._homes.sub("~", text)
        text = _OTHERS.sub("~", text)
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
    if len(text) > READ_TEXT:
        kept = text[: text.rfind("\n", 0, READ_TEXT) + 1] or text[:READ_TEXT]
        text = f"{kept}… (+{len(text) - len(kept)} characters / 字)"
    if len(text) <= READ_LINE:
        return text
    return "\n".join(line if len(line) <= READ_LINE else line[:READ_LINE] for line in text.split("\n"))


def _short(line: str) -> str:
    note = f" … (+{len(line) - LONGEST_LINE + 40} characters / 字)"
    return line if len(line) <= LONGEST_LINE else line[: LONGEST_LINE - 40] + note


def _homes_pattern(env: Mapping[str, str], home: Path) -> re.Pattern[str] | None:
    names = {str(home), env.get("HOME", ""), env.get("USERPROFILE", "")}
    names |= {os.path.realpath(name) for name in set(names) if name and os.path.isabs(name)}
    patterns = [pattern for name in sorted(names, key=len, reverse=True) if (pattern := _home_pattern(name))]
    return re.compile("|".join(patterns), re.I) if patterns else None


def _users(env: Mapping[str, str], home: Path, user: str | None) -> Iterator[str]:
    yield user or ""
    yield from (env.get(name, "") for name in ("USER", "LOGNAME", "USERNAME"))
    if re.search(r"(?i)[\\/](?:home|users)$", str(home.parent)):
        yield home.name


def _hosts(env: Mapping[str, str], host: str | None) -> Iterator[str]:
    for name in (host or platform.node(), env.get("HOSTNAME", ""), env.get("COMPUTERNAME", ""), env.get("USERDOMAIN", "")):
        yield name
        yield name.partition(".")[0]


def _secret_values(env: Mapping[str, str]) -> Iterator[str]:
    """Values of variables named like secrets, and passwords in the addresses of others (a proxy's)."""
    for name, value in env.items():
        if _SECRET_VARIABLE.search(name) and not value.startswith("/"):
            yield from _encodings(value)
        for password in _PASSWORD_IN_URL.findall(value):
            yield from _encodings(password)


def _encodings(secret: str) -> Iterator[str]:
    """The value as it is, cleaned, in JSON and in a URL; nothing for words that every report needs."""
    if len(secret) >= 6 and secret.lower() not in _vocabulary():
        yield from {secret, clean(secret), json.dumps(secret)[1:-1], quote(secret, safe=""), unquote(secret)}
