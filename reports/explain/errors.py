"""Which lines of a text are errors that a program printed, and which of two errors in a line is the cause."""

from __future__ import annotations

import re

_PRINTED = re.compile(
    r"""(?ix)
      ^ \W{0,6} (?: [\w./-]{1,24} [ :] \s? ){0,3}
        (?: error | fatal | panic | exception | fehler | err! ) \b \s* [:\[\](!]
    | (?-i: \b \w{0,40} (?: Error | Exception | Failed ) \b ) \s* [:\[({]
    | \b level=(?:error|warn) | \b npm\ (?:err!|error) | "error" \s* :
    | (?-i: \b E (?: ACCES | PERM | NOENT | EXIST | ROFS | NOSPC | ISDIR | ADDRINUSE | CONN[A-Z]+ | HOST[A-Z]+ | NOTFOUND
        | TIMEDOUT | AI_AGAIN ) \b )
    | \| \s* [45]\d\d \s* \| | \b (?: http (?:/[\d.]+)? | status (?:\ code)? ) \W{1,3} [45]\d\d \b
    | \b (?: GET | POST | HEAD | OPTIONS ) \b [^\n]{0,160} \b [45]\d\d \b
    | \b [45]\d\d \b [^\n]{0,60} \b (?: GET | POST | HEAD | OPTIONS ) \b
    | ^ \W{0,3} ↳ | \b config (?:uration | \ file) (?: \ at \ [^\n]{1,200} )? \ is\ (?:invalid | not\ valid) \b
    | is\ not\ recogni[sz]ed\ as | command\ not\ found | cannot\ be\ loaded\ because
    | 不是内部或外部命令 | 无法(?:将|加载文件)
    | \b (?: connectex | x509 | errno | dial\ tcp | ggml_assert | cuda\ error ) \b
    | \b exit\ (?:status|code) \b | \b 0xc0000\w{3} \b
    """,
    re.MULTILINE,
)
_STATUS_THEN_REASON = re.compile(
    r"(?i)(?:llama[- ](?:runner|server) process (?:has terminated|no longer running)\W{0,3})?"
    r"\bexit status (?:0x[0-9a-f]+|\d+)[:,;]?[ \t]+"
    r"(?=[^\W\d]{3,}[^\n]{8,})(?!\(|of\b|and\b|when\b|with\b|is\b|error\s*$)"
)
"""`exit status 0xc0000409 error loading model …`: the number says that it ended, the words say why."""
_OUTER_STATUS = re.compile(
    r"(?i)(?:\bHTTP[ /\d.]*|\bstatus(?: code)?\W{1,3})?\b50[0-4]\b[^\n\d]{1,80}"
    r"(?=\b(?:HTTP|status|error)\W[^\n\d]{0,20}\b4\d\d\b)"
)
"""`502 … upstream error: HTTP error 404`: a program in between hands on what another one said."""


def innermost(text: str) -> str:
    """Without what only wraps another error: a number before its reason, an outer status before the inner one."""
    return _OUTER_STATUS.sub("", _STATUS_THEN_REASON.sub("", text))


def error_lines(text: str) -> str:
    """The lines that a program printed as errors, in their order; empty where there are none."""
    return "\n".join(line for line in text.split("\n") if _PRINTED.search(line[:2000]))
