"""JUnit's file: what to do for each check, legal whatever was seen, and silent about this machine and its person."""
from __future__ import annotations

import platform
import re
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from checks.judging.graph import checks
from reports.ci import junit
from tests.conftest import ROOT, Ran
from tests.support.breaking import KEY, bare

pytestmark = pytest.mark.real

NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""https://www.w3.org/TR/xml/#charsets"""
PYTHON = {sys.prefix, sys.base_prefix} - {"/usr"}
"""Where this Python lies; that a system has one of its own in `/usr` names neither the machine nor its person."""
Cases = dict[str, ElementTree.Element]
Run = Callable[..., tuple[Ran, Path]]


def read(file: Path) -> Cases:
    """The test cases by the check's id, of a file that is legal XML."""
    text = file.read_text(encoding="utf-8")
    assert not NOT_XML.search(text)
    cases = ElementTree.fromstring(text).iter("testcase")
    return {told(case)["check"]: case for case in cases}


def told(case: ElementTree.Element) -> dict[str, str]:
    return {one.attrib["name"]: one.attrib["value"] for one in case.iter("property")}


@pytest.fixture
def run(tmp_path: Path, run_checks: Callable[..., Ran]) -> Run:
    def run(*args: str) -> tuple[Ran, Path]:
        file = tmp_path / "out" / "junit.xml"
        return run_checks(f"--junitxml={file}", *args, env=bare(tmp_path)), file

    return run


def test_each_check_says_what_to_do(run: Run) -> None:
    ran, file = run("--lang=zh")
    cases = read(file)
    assert set(cases) == set(checks())
    for id, case in cases.items():
        one = ran.checks[id]
        assert case.get("name") == f"{id}: {one['title']['zh']}"
        assert (ROOT / case.attrib["file"]).is_file()
        assert told(case)["status"] == one["status"]
        failure = case.find("failure")
        assert (failure is not None) == (one["status"] == "failed")
        assert (case.find("skipped") is not None) == (one["status"] in ("blocked", "skipped"))
        if failure is not None:
            assert told(case)["pitfall"] == one["pitfall"] in (failure.text or "")
            assert told(case)["remedy"] == one["remedy"]["text"]["zh"]
            parts = (one["title"]["zh"], one["remedy"]["text"]["zh"], *one["remedy"]["commands"])
            assert all(part in (failure.text or "") for part in parts)


def test_a_crash_and_a_broken_fixture_keep_their_text(run: Run) -> None:
    _, file = run("-p", "tests.support.breaking", "--lang=en")
    cases = read(file)
    crash, broken = cases["opencode-version"].find("failure"), cases["disk-space"].find("error")
    assert crash is not None and broken is not None
    assert "RuntimeError: call ::error::a" in (crash.text or "") and "]]>" in (crash.text or "")
    assert "RuntimeError: fixture" in (broken.text or "")
    assert told(cases["opencode-version"])["status"] == told(cases["disk-space"])["status"] == "crashed"


@pytest.mark.parametrize("args", [(), ("-p", "tests.support.breaking"),
                                  ("-p", "tests.support.breaking", "-o", "junit_logging=all"),
                                  ("-o", "junit_family=xunit1", "-v"), ("-k", "nothing-at-all")])
def test_nothing_names_the_machine_or_its_person(args: tuple[str, ...], tmp_path: Path, run: Run) -> None:
    hostile = tmp_path / "a ]]> \u202e\x1b[31m<b>&amp; \x07\U000e0041"
    hostile.mkdir()
    config = '{"provider": {"ollama": {"options": {"baseURL": "http://a\u202e]]>"}}}}'
    (hostile / "opencode.json").write_text(config, encoding="utf-8")
    _, file = run(*args, f"--project={hostile}", "--model=<x>]]>\x1b")
    read(file)
    text = file.read_text(encoding="utf-8")
    for leak in (KEY, "wangxiaoming", str(ROOT), *PYTHON, f'"{platform.node()}"', "hostname", "\u202e", "\x1b"):
        assert leak not in text


def test_a_file_that_cannot_be_made_fit_is_taken_away(tmp_path: Path) -> None:
    file = tmp_path / "junit.xml"
    file.write_text("<testsuites><testsuite hostname='secret'>", encoding="utf-8")
    assert junit.finish(file, str)
    assert not file.exists()


def test_no_file_was_asked_for(tmp_path: Path) -> None:
    assert junit.logfile(None) is None
    assert junit.logfile(str(tmp_path / "missing.xml")) is None
