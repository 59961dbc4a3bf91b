"""How one person's home folder and names may be spelt in a message, a config or a server's answer."""
from __future__ import annotations

import json
import os
import platform
import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import chain
from pathlib import Path
from urllib.parse import quote

from checks.judging.pitfalls import TABLE

_SEP = r"(?:\\{1,4}/?|/|%(?:25)?(?:2f|5c))"
_DRIVE = rf"(?:{_SEP}(?:mnt{_SEP}|cygdrive{_SEP})?|(?<![a-z0-9]))LETTER(?::|%3a)?"
"""C: as Windows writes it, or /c, /mnt/c and /cygdrive/c as MSYS, WSL and Cygwin do."""
_ABOVE = rf"{_SEP}(?:private|var|export|System{_SEP}Volumes{_SEP}Data)"
"""Where /home and /Users lie on macOS and on Fedora's immutable systems."""
_NOBODY = r"public|shared|default(?: user)?|all users|linuxbrew|\.ecryptfs|\.{1,3}|~|\*\*\*"
_NAME = r"""(?:[^\s\\/:;,'"`<>|?*%&(){}\[\]，。；：、（）“”]|%(?!(?:25)?(?:2f|5c))[0-9a-f]{2}){1,64}"""
OTHER_HOMES = re.compile(
    rf"(?i)(?:(?<![\w.~])|(?<=%2f)|(?<=\\[nrt]))(?:{_DRIVE.replace('LETTER', '[a-z]')}(?={_SEP}Users)"
    rf"|{_SEP}{{1,2}}wsl(?:\$|\.localhost){_SEP}[\w.-]{{1,40}}|{_ABOVE})?"
    rf"{_SEP}(?:home|Users|Documents\ and\ Settings){_SEP}"
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
    before = "" if len(parts) > 1 else r"(?:(?<![\w.~-])|(?<=%2f)|(?<=\\[nrt]))"
    start = _DRIVE.replace("LETTER", drive[1]) if drive else rf"{before}(?:{_ABOVE})?"
    rest = r"(?:[\w.-]{0,64}[\w-])?" if len(parts) > 1 else r"(?![\w-])"
    return rf"{start}{_SEP}{names}{rest}"


def home_folders(env: Mapping[str, str], home: Path) -> re.Pattern[str] | None:
    names = {str(home), env.get("HOME", ""), env.get("USERPROFILE", "")}
    names |= {os.path.realpath(name) for name in set(names) if name and os.path.isabs(name)}
    patterns = [pattern for name in sorted(names, key=len, reverse=True) if (pattern := _home_pattern(name))]
    return re.compile("|".join(patterns), re.I) if patterns else None


_ORDINARY = frozenset(
    "root user users admin administrator runner runneradmin localhost home guest default public owner student teacher"
    " test demo ubuntu debian fedora centos linux macos windows darwin mac macbook desktop laptop computer workstation"
    " local localdomain lan docker podman container vagrant jenkins gitlab github actions build builder node python"
    " code work none null true false".split()
)


@cache
def vocabulary() -> frozenset[str]:
    """The suite's own words: a person called like one of them must not turn every report into asterisks."""
    here = Path(__file__).parents[1]
    schema = (here / "result.schema.json").read_text(encoding="utf-8")
    table = "\n".join(file.read_text(encoding="utf-8") for file in TABLE)
    shown = " ".join(re.findall(r"(?m)^(?:\[|symptom|why|fix|commands).*$", table))  # the rest nobody is shown
    return _ORDINARY | set(re.findall(r"[a-z0-9]+", f"{schema} {shown}".lower()))


def _is_name(word: str) -> bool:
    if not word.isascii():
        return len(word) >= 2
    return len(word) >= (6 if word.isdigit() else 3) and word.lower() not in vocabulary()


def names(env: Mapping[str, str], home: Path, user: str | None, host: str | None) -> re.Pattern[str] | None:
    """The user's and the machine's, as whole words; a Chinese name has no word boundary, so it is found anywhere."""
    all_names = chain(_users(env, home, user), _hosts(env, host))
    kept = sorted({name for name in all_names if name and _is_name(name)}, key=len, reverse=True)
    words = (
        rf"(?<![A-Za-z0-9]){_spellings(name)}(?![A-Za-z0-9])" if name.isascii() else _spellings(name) for name in kept
    )
    return re.compile("|".join(words), re.I) if kept else None


def _users(env: Mapping[str, str], home: Path, user: str | None) -> Iterator[str]:
    yield user or ""
    yield from (env.get(name, "") for name in ("USER", "LOGNAME", "USERNAME"))
    if re.search(r"(?i)[\\/](?:home|users)$", str(home.parent)):
        yield home.name


def _hosts(env: Mapping[str, str], host: str | None) -> Iterator[str]:
    for name in (
        host or platform.node(),
        env.get("HOSTNAME", ""),
        env.get("COMPUTERNAME", ""),
        env.get("USERDOMAIN", ""),
    ):
        yield name
        yield name.partition(".")[0]
