"""The workflows: sound by three linters, and run by `act` on this machine, once green and once red."""
from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from fixtures.programs.programs import Programs
from fixtures.system.cache_place import cache_dir
from tests.conftest import ROOT
from tests.support.apart import EVERYWHERE
from tests.support.github_results import hostile

WORKFLOW = Path(".github/workflows/checkpoints.yml")
TESTS = WORKFLOW.with_name("tests.yml")
LINTERS = ("zizmor==1.32.0", "check-jsonschema==0.39.0", "cmarkgfm==2025.10.22")
ACT, ACTIONLINT = "github.com/nektos/act@v0.2.89", "github.com/rhysd/actionlint/cmd/actionlint@v1.7.7"
USES = re.compile(r"uses: (\S+)@(\S+)(?: # (v[\d.]+))?")
PARTS = ("checks", "fixtures", "reports", "conftest.py", "pyproject.toml", "requirements.lock")
STAND_INS = {
    "actions/checkout": 'if [ "$IN" ]; then mkdir -p "$IN"; cd "$FROM"; cp -r $PARTS "$OLDPWD/$IN"; fi',
    "actions/upload-artifact": 'if [ -d "$IN" ]; then mkdir -p "$KEPT/$NAME"; cp -r "$IN"/. "$KEPT/$NAME"; fi',
    "actions/download-artifact": 'mkdir -p "$IN" && cp -r "$KEPT"/checkpoints-* "$IN"',
}
"""What stands in for each action of others, where nothing can be fetched; IN is the `path` it is given."""
SYSTEM = "ubuntu-latest"
"""The leg of a matrix that `act` runs on this machine."""
SHOWN = re.compile(r"(?m)^.*::(?:error|warning|notice) .*$|^.* Summary - [\s\S]*?(?=\n<details>)|^.* Job \w+$")
LIMIT = 900.0

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def programs() -> Iterator[Programs]:
    programs = Programs(os.environ)
    yield programs
    programs.close()


@pytest.fixture(scope="module")
def linters(programs: Programs) -> Path:
    def build(work: Path) -> None:
        programs.steps.run([sys.executable, "-m", "venv", "part"], work, LIMIT)
        programs.steps.run([work / "part" / "bin" / "python", "-m", "pip", "install", "--quiet", *LINTERS], work, LIMIT)

    return programs.cache.part(part_name(*LINTERS), build)


@pytest.fixture(scope="module")
def go_tools(programs: Programs) -> Path:
    def build(work: Path) -> None:
        go = programs.tools.system_go(work) or programs.tools.wheel_go()
        own = {"GOBIN": str(work / "part"), "GOPATH": str(work / "go"), "GOCACHE": str(work / "gocache")}
        for package in (ACT, ACTIONLINT):
            programs.steps.run([go, "install", package], work, LIMIT, **own, GOFLAGS="-modcacherw")

    return programs.cache.part(part_name(ACT, ACTIONLINT), build)


def part_name(*what: str) -> str:
    """Other versions are another part of the cache."""
    return f"workflow-{hashlib.sha256(' '.join(what).encode()).hexdigest()[:10]}"


def ran(*argv: str | Path, text: str | None = None) -> tuple[int, str]:
    done = subprocess.run(argv, cwd=ROOT, input=text, capture_output=True, encoding="utf-8", timeout=120, check=False)
    return done.returncode, done.stdout + done.stderr


def test_zizmor_finds_nothing(linters: Path) -> None:
    code, out = ran(linters / "bin" / "zizmor", "--offline", "--no-ignores", WORKFLOW.parent)
    assert (code, "No findings to report" in out) == (0, True), out


def test_the_workflows_are_some_by_the_schema(linters: Path) -> None:
    schema = ("--builtin-schema", "vendor.github-workflows")
    code, out = ran(linters / "bin" / "python", "-m", "check_jsonschema", *schema, WORKFLOW, TESTS)
    assert code == 0, out


def test_actionlint_finds_nothing(go_tools: Path) -> None:
    assert ran(go_tools / "actionlint", WORKFLOW, TESTS) == (0, "")


def test_github_renders_no_markup_of_what_was_seen(linters: Path) -> None:
    """Rendered by cmark-gfm, which is GitHub's own: https://github.com/github/cmark-gfm."""
    render = ("import sys, cmarkgfm; from cmarkgfm.cmark import Options;"
              "print(cmarkgfm.github_flavored_markdown_to_html(sys.stdin.read(), options=Options.CMARK_OPT_UNSAFE))")
    code, html = ran(linters / "bin" / "python", "-X", "utf8", "-c", render, text=hostile())
    assert code == 0
    ours = "h2 h3 p strong pre code ul li table thead tbody tr th td details summary span".split()
    assert set(re.findall(r"<(\w+)", html)) == set(ours)
    assert html.count("<details>") == html.count("</details>") == 1
    assert "<!--" not in html and "alert(1)&gt;" in html


def test_actions_of_others_are_pinned_by_commit() -> None:
    uses = [found for file in (WORKFLOW, TESTS) for found in USES.findall((ROOT / file).read_text(encoding="utf-8"))]
    assert {name for name, _, _ in uses} == set(STAND_INS)
    assert len({(name, commit) for name, commit, _ in uses}) == len(STAND_INS)
    assert all(re.fullmatch("[0-9a-f]{40}", commit) and version for _, commit, version in uses)


@dataclass(frozen=True, slots=True)
class Job:
    """What `act` made of a run: exit code, its log, and the folder of the artifacts."""

    code: int
    out: str
    artifacts: Path

    def commands(self, kind: str) -> list[str]:
        return re.findall(rf"::{kind} .*", self.out)

    @property
    def shown(self) -> str:
        """What GitHub would show: annotations and summaries, and how each job ended."""
        return "\n".join(SHOWN.findall(self.out))


@pytest.fixture
def act(tmp_path: Path, go_tools: Path, programs: Programs, capsys: pytest.CaptureFixture[str]) -> Callable[..., Job]:
    """Run the workflow in a project, with real Ollama and OpenCode on PATH and no network but loopback."""
    tools = [str(program.parent) for program in (programs.ollama(), programs.opencode())]
    programs.model_file()

    def run(config: str | None = None, workflow: Path = WORKFLOW, **inputs: str) -> Job:
        project = make_project(tmp_path / "project", config, workflow)
        suite = {"suite-repository": "example/suite", "python": sys.executable}
        told = (suite if workflow == WORKFLOW else {}) | inputs
        folders = {"HOME": "home", "XDG_CACHE_HOME": "cache", "KEPT": "artifacts"}
        own = {name: str(tmp_path / folder) for name, folder in folders.items()}
        own |= {"OLLAMA_CHECKPOINTS_CACHE": str(cache_dir(os.environ)), "FROM": str(ROOT), "PARTS": " ".join(PARTS)}
        own["PATH"] = os.pathsep.join([*tools, str(Path(sys.executable).parent), os.environ["PATH"]])
        argv = [str(go_tools / "act"), "workflow_dispatch", "-W", str(workflow), "-P", "self-hosted=-self-hosted"]
        argv += ["-P", f"{SYSTEM}=-self-hosted", *(["--matrix", f"system:{SYSTEM}"] if workflow == TESTS else [])]
        argv += ["--no-cache-server", "--pull=false", "--action-offline-mode", *local(tmp_path / "actions")]
        argv += [part for name, value in told.items() for part in ("--input", f"{name}={value}")]
        argv += [part for name, value in own.items() if name != "PATH" for part in ("--env", f"{name}={value}")]
        done = subprocess.run([*alone(), *argv], cwd=project, env=own, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              encoding="utf-8", timeout=LIMIT, check=False)
        print(done.stdout)
        job = Job(done.returncode, done.stdout, tmp_path / "artifacts")
        with capsys.disabled():
            print(f"\n{job.shown}\nexit code {job.code}")
        return job

    return run


def make_project(folder: Path, config: str | None, workflow: Path) -> Path:
    """Somebody's repository that has the workflow, the suite being in another one; or the suite's own."""
    if workflow == TESTS:
        shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(".git", "__pycache__", ".*_cache", "out"))
    else:
        (folder / workflow).parent.mkdir(parents=True)
        shutil.copy(ROOT / workflow, folder / workflow)
    if config:
        (folder / "opencode.json").write_text(config, encoding="utf-8")
    identity = ("-c", "user.name=t", "-c", "user.email=t@localhost", "-c", "commit.gpgsign=false")
    for words in (("init", "-q"), ("add", "-A"), (*identity, "commit", "-q", "-m", "x")):
        subprocess.run(["git", *words], cwd=folder, check=True)
    return folder


def local(folder: Path) -> list[str]:
    """`--local-repository` for each action of others, at the commit that the workflow names."""
    found = {name: commit for name, commit, _ in USES.findall((ROOT / WORKFLOW).read_text(encoding="utf-8"))}
    for name, script in STAND_INS.items():
        step = {"shell": "bash", "run": script, "env": {"IN": "${{ inputs.path }}", "NAME": "${{ inputs.name }}"}}
        inputs = {key: {"default": ""} for key in ("path", "name")}
        runs = {"using": "composite", "steps": [step]}
        action = {"name": name, "description": "a stand-in", "inputs": inputs, "runs": runs}
        (folder / name).mkdir(parents=True)
        (folder / name / "action.yml").write_text(json.dumps(action), encoding="utf-8")  # JSON is YAML
    pairs = (f"{name}@{commit}={folder / name}" for name, commit in found.items())
    return [part for pair in pairs for part in ("--local-repository", pair)]


def alone() -> list[str]:
    """Wraps a command in a network of loopback only, and ends all it started; nothing where the system has none."""
    ip = shutil.which("ip", path=EVERYWHERE)
    wrap = ["unshare", "-rnpf", "--mount-proc", "--kill-child", "sh", "-c", f'{ip} link set lo up && exec "$@"', "sh"]
    there = ip and shutil.which("unshare")
    return wrap if there and subprocess.run([*wrap, "true"], capture_output=True, check=False).returncode == 0 else []


def test_green(act: Callable[..., Job]) -> None:
    job = act(sandbox="true")
    assert job.code == 0
    assert "All 5 of 5 checkpoints passed" in job.out
    assert job.commands("error") == []
    assert "the room page" not in job.out
    result = json.loads((job.artifacts / "checkpoints-1" / "1" / "result.json").read_text(encoding="utf-8"))
    assert (result["verdict"], result["run"]["exit"], result["run"]["target"]) == ("passed", 0, "sandbox")


def test_red(act: Callable[..., Job]) -> None:
    options = {"baseURL": "http://127.0.0.1:11434"}
    provider = {"npm": "@ai-sdk/openai-compatible", "options": options, "models": {"m": {}}}
    config = {"provider": {"ollama": provider}}
    seats = [{"seat": seat, "runner": ["self-hosted"]} for seat in ("a1", "a2")]
    job = act(json.dumps(config, indent=2), seats=json.dumps(seats), language="zh")
    assert job.code == 1
    place = "file=opencode.json,line=6,"
    for error in ("title=失败 server-listening server-not-running::", f"{place}title=失败 config-valid base-url-missing"):
        assert sum(error in line for line in job.commands("error")) == len(seats)
    assert job.out.count("### 先做这一步: server-not-running") == len(seats)
    assert "```\nollama serve\n```" in job.out
    for seat in ("a1", "a2"):
        kept = job.artifacts / f"checkpoints-{seat}" / seat
        assert {"result.json", "report.html", "junit.xml"} <= {file.name for file in kept.iterdir()}
        assert json.loads((kept / "result.json").read_text(encoding="utf-8"))["run"]["exit"] == 1
    room = (job.artifacts / "room" / "room.html").read_text(encoding="utf-8")
    assert "a1" in room and "a2" in room and "server-not-running" in room


def test_the_suites_own_tests(act: Callable[..., Job]) -> None:
    job = act(workflow=TESTS, select="tests/whole/test_rooms.py")
    assert job.code == 0 and "tests on ubuntu-latest" in job.out
    assert re.search(r"\d+ passed", job.out) and "windows-latest" not in job.out


def test_a_test_that_fails_is_a_red_job(act: Callable[..., Job]) -> None:
    job = act(workflow=TESTS, select="tests/absent.py")
    assert job.code == 1 and "tests/absent.py" in job.out
