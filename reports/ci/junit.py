"""What JUnit's readers see of a check: its id, sentence, pitfall and remedy; no host name, no path of this machine.

GitLab shows a test case's name, file and the text of its failure:
https://docs.gitlab.com/ci/testing/unit_test_reports/.
"""
from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).resolve().parents[2]
Redact = Callable[[str], str]


def describe(item: pytest.Item, report: pytest.TestReport, record: Mapping[str, Any], lang: str) -> None:
    """Put the record on the report: as properties, and as the text of a failure or a skip.

    On the item too: pytest writes the properties of the last report, the teardown's, which is made from the item.
    """
    remedy = record["remedy"] or {"text": {lang: ""}, "commands": []}
    properties = {
        "check": record["id"],
        "title": record["title"][lang],
        "status": record["status"],
        "pitfall": record["pitfall"] or "",
        "found": (record["found"] or {}).get(lang, ""),
        "why": (record["why"] or {}).get(lang, ""),
        "remedy": remedy["text"][lang],
        "commands": "\n".join(remedy["commands"]),
    }
    item.user_properties[:] = [(name, value) for name, value in properties.items() if value]
    report.user_properties = list(item.user_properties)
    if record["status"] == "crashed":  # the traceback stays
        return
    if report.failed:
        report.longrepr = _told(properties)
    elif report.skipped:
        report.longrepr = (f"checks::{record['id']}", 0, properties["found"])


def _told(properties: Mapping[str, str]) -> str:
    order = ("title", "found", "pitfall", "why", "remedy", "commands")
    return "\n".join(properties[name] for name in order if properties.get(name))


def logfile(option: str | None) -> Path | None:
    """Where `--junitxml` made pytest write (see `LogXML` in its junitxml.py), or None."""
    path = Path(os.path.expanduser(os.path.expandvars(option))) if option else None
    return path if path and path.is_file() else None


def finish(path: Path, redact: Redact) -> str | None:
    """Make the file that pytest wrote fit to be handed out; returns what prevents it, and then leaves no file."""
    try:
        tree = ElementTree.parse(path)
        for element in tree.iter():
            _blank(element, redact)
        for case in tree.iter("testcase"):
            _name(case)
        tree.write(path, encoding="utf-8", xml_declaration=True)
    except (OSError, ElementTree.ParseError) as error:
        path.unlink(missing_ok=True)
        return str(error)
    return None


def _blank(element: ElementTree.Element, redact: Redact) -> None:
    element.attrib.pop("hostname", None)
    for name, value in element.attrib.items():
        element.set(name, redact(_relative(value)))
    element.text = redact(_relative(element.text)) if element.text and element.text.strip() else element.text


def _relative(text: str) -> str:
    for folder in _folders():
        text = text.replace(folder + os.sep, "").replace(folder, ".")
    return text


def _folders() -> Iterator[str]:
    """The suite's, the work's and Python's: where they lie is nobody's business, what is in them is told relatively."""
    work = (os.environ.get(name, "") for name in ("GITHUB_WORKSPACE", "CI_PROJECT_DIR"))
    named = (*work, os.getcwd(), str(ROOT), sys.prefix, sys.base_prefix)
    told = {os.path.normpath(name) for name in named if len(Path(name).parts) > 2}
    yield from sorted(told, key=len, reverse=True)


def _name(case: ElementTree.Element) -> None:
    """The check's sentence instead of its function, and the file as a repository has it."""
    told = {one.get("name"): one.get("value") or "" for one in case.iter("property")}
    if "check" not in told:
        return
    case.set("name", f"{told['check']}: {told.get('title', '')}")
    case.set("file", case.get("classname", "").replace(".", "/") + ".py")
    if told.get("status") == "advice" and case.find("failure") is None:
        ElementTree.SubElement(case, "system-out").text = _told({name: value for name, value in told.items() if name})
