"""Runs the checks: in the order of what they need, their facts begun early, each judged once."""
from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from checks.fixing.apply import Fixes, offered, undo_records
from checks.fixing.lock import close_exits
from checks.fixing.plan import Plans
from checks.judging.finding import Finding
from checks.judging.graph import Judgements, checks, judging_order
from checks.judging.lesson import download_bytes, near
from checks.judging.models import relied_on
from checks.judging.run import FINDING, JUDGEMENTS, PROFILE, SETTLE, mode
from checks.rules.exits import states
from fixtures.facts.facts import Facts
from fixtures.fix.install import with_installed
from fixtures.fix.journal import Busy
from fixtures.mirror.client import Room, kit_at, mirror_url
from fixtures.programs.programs import ProgramMissing
from fixtures.room.profile import Profile
from fixtures.sandbox.session import open_setup
from fixtures.system import children, orphans
from fixtures.system.machine import Machine
from fixtures.system.sentences import Sentences
from fixtures.system.setup import Setup, own_home

text = Sentences.beside(__file__, "sentences/run.toml")
CLOSING = pytest.StashKey[Callable[[], None]]()
EARLY = {
    "default-model": ("providers",),
    "server-exposed": ("reached_at", "answers_strangers", "cloud"),
    "chat-reply": ("providers", "load", "early_reply", "schema", "ollama_program", "machine"),
    "model-listed": ("providers", "schema", "ollama_program"),
    "config-valid": ("providers", "schema"),
    "ollama-version": ("ollama_program", "servers"),
}
"""Check -> the slow facts it will ask for."""


def recommend(machine: Machine, mirror: str | None = None, profile: Profile | None = None) -> str:
    """The model to rely on for a machine, out of those that a room allows and that `--mirror` has: no others come."""
    name = relied_on(machine.ram_gib, None if machine.unified else machine.vram_gib)
    if profile and profile.allowed:
        name = near(name, [(one, download_bytes(one) or 0) for one in profile.allowed])
    return near(name, Room(mirror).models()) if mirror else name


def pytest_configure(config: pytest.Config) -> None:
    """What cannot be is refused before all else; what `--mirror` names is asked, and is part of a model's name."""
    try:
        own_home()
    except ValueError as error:
        raise pytest.UsageError(str(error)) from error
    mirror = config.option.mirror
    if mirror is not None and mirror_url(mirror) is None and kit_at(mirror) is None:
        raise pytest.UsageError(text("mirror-address").both)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """By the graph, not by file name: a check comes after what it needs, and the reply's wait after all others."""
    order = {id: index for index, id in enumerate(judging_order())}
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
    orphans.sweep()
    try:
        setup = open_setup(config)
    except ProgramMissing as error:
        pytest.exit(error.words.both + (f"\n{error.tail}" if config.option.verbose > 0 else ""), returncode=1)
    except ValueError as error:
        raise pytest.UsageError(str(error)) from error
    setup = with_installed(setup)
    if config.option.fix_plan:
        setup = _without_caches(setup, config)
    profile = config.stash.get(PROFILE, None)
    told = functools.partial(recommend, mirror=config.option.mirror, profile=profile)
    facts = Facts(setup, told, config.option.model or (profile.model if profile else None), config.option.full,
                  profile.server if profile else None)
    judgements = config.stash[JUDGEMENTS] = Judgements(facts)
    if config.option.undo:
        _undo(session, judgements)
        return
    modes = {"fix": Fixes, "fix-plan": Plans}
    made = modes.get(mode(config))
    config.stash[SETTLE] = made(judgements, config.option.mirror) if made else judgements.of
    facts.start_early(*_early({_id(item) or "" for item in session.items}))


def _without_caches(setup: Setup, config: pytest.Config) -> Setup:
    """A plan changes nothing, the suite's cache and pytest's included."""
    for name in ("lfplugin", "nfplugin", "stepwiseplugin"):
        if config.pluginmanager.has_plugin(name):
            config.pluginmanager.unregister(name=name)
    return replace(setup, cache=None)


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


@pytest.fixture(scope="session", autouse=True)
def settle(pytestconfig: pytest.Config, request: pytest.FixtureRequest) -> Iterator[Callable[[str], Finding]]:
    """Judges a check by its id; with `--fix` it applies the fixes first, with `--fix-plan` it lists them."""
    judge = pytestconfig.stash[SETTLE]
    if isinstance(judge, Fixes):
        judge.apply([_id(item) or "" for item in request.session.items])
        if pytestconfig.option.lock:
            close_exits(judge)
    yield judge
    if isinstance(judge, Fixes):
        judge.close()


def _undo(session: pytest.Session, judgements: Judgements) -> None:
    """No check runs: the session ends with what was taken back."""
    from fixtures.undo.run import undo

    try:
        done = undo(judgements.facts.setup, session.config.option.keep_models)
    except Busy:
        raise pytest.UsageError(text("busy").both) from None
    except OSError as error:
        said = f"{error.filename or ''}: {error.strerror or error}".strip(": ")
        pytest.exit(text("no-journal", said=said).both, returncode=1)
    judgements.fixes = undo_records(done)
    session.items = []


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """What `--undo` had to leave makes it end with 1."""
    if not session.config.option.undo or JUDGEMENTS not in session.config.stash:
        return None
    session.testsfailed += any(fix["outcome"] == "failed" for fix in session.config.stash[JUDGEMENTS].fixes)
    return True


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[object]:
    """After the last check: measure what tries to leave; no proof, or content that tried, makes the run end with 1."""
    outcome = yield
    minutes = item.config.option.prove_minutes
    if nextitem is None and (item.config.option.prove or minutes is not None):
        from checks.rules.proof import left_with_content, prove

        judgements = item.config.stash[JUDGEMENTS]
        judgements.proof = prove(judgements.facts, 60.0 * (1.0 if minutes is None else minutes))
        item.session.testsfailed += left_with_content(judgements.proof)
    return outcome


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """A check returns its finding; pytest wants an outcome."""
    id = _id(pyfuncitem)
    if id is None:
        return None
    finding = pyfuncitem.funcargs["settle"](id)
    if id == "stays-local":
        judgements = pyfuncitem.config.stash[JUDGEMENTS]
        judgements.exits = [state.record() for state in states(judgements.facts)]
    if mode(pyfuncitem.config) == "verify":
        finding = offered(pyfuncitem.config.stash[JUDGEMENTS].facts, id, finding)
    pyfuncitem.stash[FINDING] = finding
    if not pyfuncitem.config.option.fix_plan:
        _outcome(finding, pyfuncitem, {_id(item) for item in pyfuncitem.session.items})
    return True


def _outcome(finding: Finding, item: pytest.Function, selected: set[str | None]) -> None:
    if finding.status == "failed" or (finding.status == "advice" and item.config.option.strict_checks):
        pytest.fail(finding.found.en, pytrace=False)
    if finding.status == "blocked" and finding.blocked_by not in selected:
        pytest.fail(f"blocked by {finding.blocked_by}, which was not selected and does not hold", pytrace=False)
    if finding.status in ("blocked", "skipped"):
        pytest.skip(finding.found.en)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Everything is judged: the programs end while the report is made.

    It takes the config's secrets out; which files count depends on OpenCode's version, which may not be asked yet.
    """
    if mode(session.config) != "verify" and (judgements := session.config.stash.get(JUDGEMENTS, None)):
        judgements.facts.config  # noqa: B018 - read before no program can be started any more
    session.config.stash[CLOSING] = children.close_beside()


def pytest_unconfigure(config: pytest.Config) -> None:
    if closed := config.stash.get(CLOSING, None):
        closed()
    children.close()
