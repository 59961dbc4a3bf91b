"""Step 1: Ollama and OpenCode are installed and start."""
from __future__ import annotations

from pathlib import Path

from checks.judging.finding import Finding, advice, failed, passed
from checks.judging.graph import check
from checks.judging.lesson import lesson
from checks.judging.regressions import regressions
from checks.rules.rooms import unneeded
from fixtures.facts.facts import Facts, numbers, supported
from fixtures.ollama.server import Program
from fixtures.opencode.folders import denied_folder
from fixtures.opencode.generation import generation
from fixtures.system.script_policy import FORBIDS
from fixtures.system.sentences import Sentences, Text, same

text = Sentences.beside(__file__, "sentences/step1.toml")
OLLAMA_PLACES = ("/usr/local/bin", "/opt/homebrew/bin", "~/.local/bin", "/Applications/Ollama.app/Contents/Resources",
                 "~/AppData/Local/Programs/Ollama")
OPENCODE_PLACES = ("~/.opencode/bin", "~/.local/bin", "~/bin", "/usr/local/bin", "/opt/homebrew/bin",
                   "~/.npm-global/bin", "~/.bun/bin", "~/AppData/Roaming/npm")
ILLEGAL_INSTRUCTION = (-4, 132, 3221225501)
"""SIGILL, a shell's way to say it, and Windows' STATUS_ILLEGAL_INSTRUCTION."""


@check("ollama-version", step=1, checkpoint=1)
def test_ollama_version(facts: Facts) -> Finding:
    """Ollama answers with a version
    Ollama 能报出版本号"""
    program, server = facts.ollama_program, facts.server
    minimum = lesson()["minimum"]["ollama"]
    expected = text("ollama-expected", minimum=minimum)
    if program is None:
        return _without_ollama(facts, expected)
    if program.version is None:
        seen = text("ollama-does-not-start", path=program.path)
        return failed("ollama-not-installed", seen, expected).seen(output=program.output)
    versions = {"version": program.version, "server_version": server.version, "minimum": minimum}
    for version in (program.version, server.version):
        if version and _older(version, minimum):
            return failed("ollama-too-old", same(version), expected, **{**versions, "version": version})
    if server.version and server.version != program.version:
        seen = text("versions-differ", program=program.version, server=server.version)
        return failed("ollama-version-mismatch", seen, text("same-version"), **versions)
    sound = passed(same(program.version), expected, path=str(program.path))
    return _new_terminal(facts, program, "ollama-not-on-path") or _known_fault(facts, server.version) or sound


def _known_fault(facts: Facts, version: str | None) -> Finding | None:
    """What this version is known to do wrong with this model on this machine, and a later one does right."""
    for one in regressions() if version else ():
        if one.in_version(str(version)) and one.concerns(facts.choice.name, bool(facts.machine.vram_gib)):
            seen = text("known-fault", version=version, fault=one.fault)
            found = advice("ollama-regression", seen, version=version, wanted=one.mended, seen=one.fault)
            return found.seen(source=one.source)
    return None


def _new_terminal(facts: Facts, program: Program, pitfall: str) -> Finding | None:
    """`--fix` has installed it where this terminal does not look yet."""
    folder = str(program.path.parent)
    if folder not in facts.setup.added_path:
        return None
    return advice(pitfall, text("new-terminal", version=program.version, folder=folder), file=folder)


def _without_ollama(facts: Facts, expected: Text) -> Finding:
    """No program on PATH: a container or another system may serve all the same."""
    if finding := unneeded(facts):
        return finding
    if facts.server.state == "ollama":
        seen = text("server-only", version=facts.server.version)
        return advice("ollama-not-on-path", seen, expected, address=facts.server.address.url)
    if place := _elsewhere(facts, "ollama", OLLAMA_PLACES):
        return failed("ollama-not-on-path", text("elsewhere", place=place), expected, file=str(place))
    return failed("ollama-not-installed", text("no-ollama"), expected)


def _elsewhere(facts: Facts, program: str, places: tuple[str, ...]) -> Path | None:
    """A usual place of the program that is not on PATH. A sandbox has no such places."""
    name = f"{program}.exe" if facts.setup.os == "windows" else program
    for place in places:
        folder = facts.setup.home / place[2:] if place.startswith("~/") else Path(place)
        if (facts.setup.target == "machine" or place.startswith("~/")) and (folder / name).is_file():
            return folder
    return None


@check("opencode-version", step=1)
def test_opencode_version(facts: Facts) -> Finding:
    """OpenCode starts
    OpenCode 能启动"""
    program = facts.opencode_program
    minimum = _minimum(facts)
    expected = text("opencode-expected", minimum=minimum)
    if program is None:
        if place := _elsewhere(facts, "opencode", OPENCODE_PLACES):
            return failed("opencode-not-on-path", text("elsewhere", place=place), expected, file=str(place))
        return failed("opencode-not-installed", text("no-opencode"), expected)
    pitfall = _wrong_version(program, minimum)
    package = "@opencode/cli" if "@opencode/cli" in program.output else "opencode-ai"
    values = {"version": program.version or "", "minimum": minimum, "file": str(program.path), "program": package}
    if pitfall:
        seen = same(program.version) if program.version else text("opencode-does-not-start")
        return failed(pitfall, seen, expected, **values).seen(output=program.output, path=str(program.path))
    if denied := denied_folder(facts.setup):
        return failed("opencode-folder-denied", text("folder-denied", folder=denied), expected, file=str(denied))
    there = passed(same(program.version), expected, path=str(program.path))
    return _new_terminal(facts, program, "opencode-not-on-path") or _two_generations(facts, program, expected) \
        or _forbidden_script(facts, program, expected) or there


def _minimum(facts: Facts) -> str:
    """Of the generation that is installed, by the lesson's figures."""
    number = facts.generation.number
    return str(lesson()["minimum"]["opencode" if number == 1 else f"opencode-{number}"])


def _two_generations(facts: Facts, program: Program, expected: Text) -> Finding | None:
    """Both are called `opencode`: PATH's order decides which answers, and another window may have another order."""
    known = (one for one in facts.other_opencodes if supported(one.version))
    other = next((one for one in known if generation(one.version) is not facts.generation), None)
    if not other:
        return None
    values = {"version": program.version, "file": str(program.path), "seen": f"{other.version}, {other.path}"}
    at = {"version": program.version, "file": str(program.path)}
    found = text("two-opencodes", **at, other=other.version, path=str(other.path))
    return advice("two-opencodes-on-path", found, expected, **values)


def _forbidden_script(facts: Facts, program: Program, expected: Text) -> Finding | None:
    """npm lays `opencode.ps1` beside `opencode.cmd`; Windows PowerShell takes the script, and may not run it."""
    policy = facts.script_policy
    if policy is None or policy.lower() not in FORBIDS or not program.path.with_suffix(".ps1").is_file():
        return None
    seen = text("script-forbidden", version=program.version, policy=policy)
    return advice("powershell-policy", seen, expected)


def _wrong_version(program: Program, minimum: str) -> str | None:
    """The pitfall this program's version, or its silence, shows."""
    version = program.version
    if version is None:
        return _why_silent(program)
    if numbers(version) < (0, 1):  # the older namesake never went beyond 0.0.x
        return "wrong-opencode"
    return "opencode-too-old" if _older(version, minimum) else None


def _why_silent(program: Program) -> str:
    if program.code in ILLEGAL_INSTRUCTION or "illegal instruction" in program.output.lower():
        return "opencode-needs-avx2"
    if not str(program.path).isascii():
        return "non-ascii-path"
    known = ("postinstall", "opencode-linux-", "opencode-darwin-", "opencode-windows-", "@opencode/cli", "platform")
    return "opencode-platform-package-missing" if any(word in program.output for word in known) else "wrong-opencode"


def _older(version: str, minimum: str) -> bool:
    """Whether it is below the minimum; a build of one's own calls itself 0.0.0 and is left alone for Ollama."""
    return (0, 0, 0) != numbers(version) < numbers(minimum)
