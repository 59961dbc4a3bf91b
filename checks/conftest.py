"""Runs the checks: in the order of what they need, their facts begun early, each judged once."""
from __future__ import annotations

from collections.abc import Iterator

import pytest

from checks.finding import Finding
from checks.graph import Judgements, checks, run_order
from checks.lesson import recommended
from fixtures import children
from fixtures.facts import Facts
from fixtures.machine import Machine
from fixtures.session import open_setup
from reports.keys import FINDING, JUDGEMENTS

EARLY = {
    "chat-reply": ("providers", "load", "early_reply", "schema", "ollama_program", "machine"),
    "model-listed": ("providers", "schema", "ollama_program"),
    "config-valid": ("providers", "schema"),
    "ollama-version": ("ollama_program", "servers"),
}
"""Check -> the slow facts it will ask for."""


def recommend(machine: Machine) -> str:
    """The lesson's model for a machine."""
    return recommended(machine.ram_gib, None if machine.unified else machine.vram_gib).model


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """By the graph, not by file name: a check comes after what it needs."""
    order = {id: index for index, id in enumerate(run_order())}
    items.sort(key=lambda item: order.get(_id(item) or "", len(order)))


def _id(item: pytest.Item) -> str | None:
    mark = item.get_closest_marker("check")
    return mark.args[0] if mark else None


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Observe from here on: what is selected is known, and nothing has been waited for."""
    config = session.config
    if not session.items or config.option.collectonly:
        return
    setup = open_setup(config)
    facts = Facts(setup, recommend, config.option.model, config.option.full)
    config.stash[JUDGEMENTS] = Judgements(facts)
    facts.start_early(*_early({_id(item) or "" for item in session.items}))


def _early(selected: set[str]) -> set[str]:
    wanted = {need for id in selected for need in _closure(id)}
    return {name for id, names in EARLY.items() if id in wanted for name in names}


def _closure(id: str) -> Iterator[str]:
    yield id
    for need in checks()[id].needs if id in checks() else ():
        yield from _closure(need)


@pytest.fixture(scope="session")
def facts(pytestconfig: pytest.Config) -> Facts:
    """What the checks judge: one set-up, each fact read once."""
    return pytestconfig.stash[JUDGEMENTS].facts


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """A check returns its finding; pytest wants an outcome."""
    id = _id(pyfuncitem)
    if id is None:
        return None
    judgements = pyfuncitem.config.stash[JUDGEMENTS]
    finding = judgements.of(id)
    pyfuncitem.stash[FINDING] = finding
    _outcome(finding, pyfuncitem, {_id(item) for item in pyfuncitem.session.items})
    return True


def _outcome(finding: Finding, item: pytest.Function, selected: set[str | None]) -> None:
    if finding.status == "failed" or (finding.status == "advice" and item.config.option.strict_checks):
        pytest.fail(finding.found.en, pytrace=False)
    if finding.status == "blocked" and finding.blocked_by not in selected:
        pytest.fail(f"blocked by {finding.blocked_by}, which was not selected and does not hold", pytrace=False)
    if finding.status in ("blocked", "skipped"):
        pytest.skip(finding.found.en)


def pytest_unconfigure() -> None:
    children.close()
