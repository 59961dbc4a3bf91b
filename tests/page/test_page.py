"""`report.html`: true after every kind of run, safe with every text, readable for everybody."""
from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import jsonschema
import pytest

from checks.judging.graph import ORDER
from reports.page import page
from reports.words.words import page as words
from tests.conftest import ROOT
from tests.support import result_samples as samples
from tests.support.browser import Browser
from tests.support.page_reader import Reader, written

LANGS = ("zh", "en")


@pytest.mark.parametrize("kind", samples.ALL)
@pytest.mark.parametrize("lang", LANGS)
def test_sample_results_have_the_published_shape(kind: str, lang: str) -> None:
    schema = json.loads((ROOT / "reports" / "result.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(samples.ALL[kind](lang))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(
    ("kind", "headline"),
    [
        ("healthy", "passed"),
        ("advised", "passed"),
        ("repaired", "passed"),
        ("crashed", "crashed"),
        ("interrupted", "interrupted"),
        ("planned", "fix-plan"),
        ("undone", "undo"),
    ],
)
def test_headline_says_what_the_run_was(kind: str, headline: str, lang: str) -> None:
    text = Reader(page.render(samples.ALL[kind](lang))).text
    assert getattr(words(f"headline-{headline}"), lang) in text


def test_failed_run_names_the_step_and_the_command_first() -> None:
    text = Reader(page.render(samples.stopped_server())).text
    headline, command, steps = (
        text.index("Held up at step 3: Server"),
        text.index("ollama serve"),
        text.index("Step by step"),
    )
    assert headline < command < steps
    assert "nothing listens on http://127.0.0.1:11434" in text[headline:steps]


def test_interrupted_run_claims_nothing_about_what_it_did_not_reach() -> None:
    text = page.render(samples.interrupted())
    assert text.count('class="status not-run"') == len(ORDER[6:])
    assert "All set" not in text


def test_failure_before_an_interruption_is_not_hidden() -> None:
    result = samples.stopped_server()
    result["run"]["exit"] = 2
    result["checks"][-1]["status"] = "not-run"
    text = Reader(page.render(result)).text
    assert "Held up at step 3" in text
    assert "1 checks were not run" in text


def test_sandbox_and_rehearsal_say_that_they_are_not_this_machine() -> None:
    for target in ("sandbox", "rehearse"):
        text = Reader(page.render(samples.healthy(target=target))).text
        assert words(f"note-{target}").en in text
        assert words("ready").en not in text


def test_a_screen_that_opens_online_is_told_at_the_top() -> None:
    text = Reader(page.render(samples.opens_online())).text
    assert "OpenCode's screen opens on opencode/big-pickle" in text and "/models" in text
    assert "opens on" not in Reader(page.render(samples.healthy())).text


def test_fix_shows_what_was_there_before_and_after() -> None:
    text = Reader(page.render(samples.repaired())).text
    assert '- "baseURL": "http://a"' in text
    assert '+ "baseURL": "http://a/v1"' in text
    assert "puts the former file back" in text


@pytest.mark.parametrize(("kind", "lead"), [("planned", "fix-plan"), ("undone", "undo")])
def test_plan_or_undo_of_nothing_says_so(kind: str, lead: str) -> None:
    some, none = samples.ALL[kind](), {**samples.ALL[kind](), "fixes": []}
    assert words(f"lead-{lead}").en in Reader(page.render(some)).text
    assert words(f"none-{lead}").en in Reader(page.render(none)).text


def test_undo_that_checked_nothing_counts_no_checkpoints() -> None:
    assert "0 of 5 passed" not in Reader(page.render(samples.undone())).text


def test_step_that_a_fix_leaves_to_the_person_is_theirs() -> None:
    result = samples.repaired()
    result["fixes"] = [{**samples.FIX, "outcome": "planned"}]
    text = Reader(page.render(result)).text
    assert words("outcome-yours").en in text
    assert words("outcome-planned").en not in text


def test_config_to_copy_stands_on_several_lines() -> None:
    result = samples.stopped_server()
    result["checks"][6]["remedy"]["commands"] = ['{ "provider": { "ollama": {} } }']
    assert "&#34;provider&#34;: {\n    &#34;ollama&#34;: {}" in page.render(result)


def test_text_for_a_helper_holds_all_checks_and_all_evidence() -> None:
    result = samples.stopped_server("zh")
    bundle = page.bundle(result)
    for one in result["checks"]:
        assert one["id"] in bundle
    assert "errno 111" in bundle
    assert bundle in Reader(page.render(result)).said


@pytest.mark.parametrize("kind", [*samples.ALL, "hostile"])
def test_page_refers_to_nothing_outside_and_holds_no_script(kind: str) -> None:
    reader = Reader(page.render(getattr(samples, kind)()))
    assert not reader.tags & {"script", "img", "iframe", "object", "link", "base", "form"}
    assert all(reference.startswith("#") for reference in reader.references)


def test_page_of_hostile_texts_stays_small() -> None:
    """A megabyte in one field of every check is not a page of fifteen megabytes."""
    redacted = samples.REDACTOR.value(samples.hostile())
    assert len(page.render(redacted)) < 1_500_000


@pytest.mark.real
@pytest.mark.parametrize("kind", [*samples.ALL, "hostile"])
@pytest.mark.parametrize("lang", LANGS)
def test_phone_needs_no_sideways_scrolling(browser: Browser, tmp_path: Path, kind: str, lang: str) -> None:
    result = samples.REDACTOR.value(getattr(samples, kind)(lang))
    file = written(tmp_path, page.render(result).replace("<details", "<details open"))
    browser.open(file, width=360)
    assert browser.ask("document.documentElement.scrollWidth") <= 360
    beyond = "[...document.querySelectorAll('main :not(pre *)')].filter(e => e.getBoundingClientRect().right > 361)"
    assert browser.ask(f"{beyond}.length") == 0
    assert browser.ask("document.querySelectorAll('.check').length") == (0 if kind == "undone" else len(ORDER))


@pytest.mark.real
def test_foreign_text_runs_nothing_and_loads_nothing(browser: Browser, tmp_path: Path) -> None:
    file = written(tmp_path, page.render(samples.REDACTOR.value(samples.hostile())))
    browser.open(file, scripts=True)
    assert browser.requests == [file.as_uri()]
    assert browser.ask("document.title") != "hit"
    assert browser.ask("document.querySelectorAll('script, img, iframe').length") == 0
    assert browser.ask("document.querySelectorAll('h1').length") == 1


@pytest.mark.real
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("kind", ["stopped_server", "repaired", "crashed"])
def test_axe_finds_nothing(browser: Browser, tmp_path: Path, kind: str, lang: str, dark: bool) -> None:
    browser.open(
        written(tmp_path, page.render(samples.ALL[kind](lang)).replace("<details", "<details open")), dark=dark
    )
    assert browser.faults() == []


@pytest.mark.real
@pytest.mark.parametrize("lang", LANGS)
def test_one_language_is_read_and_the_other_is_one_click_away(browser: Browser, tmp_path: Path, lang: str) -> None:
    browser.open(written(tmp_path, page.render(samples.stopped_server(lang))))
    seen = ("先做这一步", "Do this first")
    shown, hidden = seen if lang == "zh" else seen[::-1]
    assert shown in browser.ask("document.body.innerText") and hidden not in browser.ask("document.body.innerText")
    browser.ask(f"document.querySelector('label[for=in-{'en' if lang == 'zh' else 'zh'}]').click()")
    assert hidden in browser.ask("document.body.innerText") and shown not in browser.ask("document.body.innerText")


@pytest.mark.real
def test_one_click_selects_a_whole_command(browser: Browser, tmp_path: Path) -> None:
    browser.open(written(tmp_path, page.render(samples.stopped_server())))
    browser.ask("document.querySelector('.command').scrollIntoView({block: 'center'})")
    box = browser.ask(
        "(b => [b.x + b.width / 2, b.y + b.height / 2])(document.querySelector('.command').getBoundingClientRect())"
    )
    for kind in ("mousePressed", "mouseReleased"):
        browser.send("Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], button="left", clickCount=1)
    assert browser.ask("getSelection().toString().trim()") == "ollama serve"


@pytest.mark.real
@pytest.mark.parametrize("lang", LANGS)
def test_paper_shows_everything(browser: Browser, tmp_path: Path, lang: str) -> None:
    """Also what is folded on the screen: the facts, the evidence and the text for a helper."""
    if not shutil.which("pdftotext"):
        pytest.skip("no pdftotext: apt-get install poppler-utils")
    result = samples.stopped_server(lang)
    browser.open(written(tmp_path, page.render(result)))
    browser.print(tmp_path / "report.pdf")
    done = subprocess.run(
        ["pdftotext", "-raw", str(tmp_path / "report.pdf"), "-"], capture_output=True, check=True, timeout=60
    )
    paper = "".join(done.stdout.decode("utf-8").split())
    wanted = [one["title"][lang] for one in result["checks"]] + [
        "15.4 GiB",
        "errno 111",
        "verdict failed",
        "ollama serve",
    ]
    wanted += [getattr(words(key), lang) for key in ("facts", "evidence", "help", "steps")]
    assert [text for text in wanted if "".join(text.split()) not in paper] == []


@pytest.mark.parametrize("lang", LANGS)
def test_a_measurement_is_a_sheet_of_its_own(lang: str) -> None:
    result = samples.measured(lang)
    text = " ".join(Reader(page.render(result)).text.split())
    for one in result["proof"]["attempts"]:
        assert one["to"] in text and all(id in text for id in one["exits"])
    assert all(file["sha256"] in text for file in result["proof"]["files"])
    assert result["proof"]["verdict"][lang] in text and result["proof"]["ended"] in text
    assert getattr(words("rung-enforced"), lang) in text and getattr(words("control-forbidden"), lang) in text


def test_a_name_out_of_a_packet_is_text_on_the_page() -> None:
    result = samples.measured()
    result["proof"]["attempts"][0]["to"] = samples.HOSTILE[0]
    assert samples.HOSTILE[0] not in page.render(result)


def test_a_measurement_that_proves_nothing_says_so_first() -> None:
    result = samples.measured()
    proof = {**result["proof"], "holds": False, "controls": {"forbidden": False}, "attempts": [], "closing": []}
    text = Reader(page.render({**result, "proof": proof})).text
    assert words("proof-not-held").en in text


def test_a_run_without_a_measurement_has_no_sheet() -> None:
    assert 'id="proof-title"' not in page.render(samples.healthy())
