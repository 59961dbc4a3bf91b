"""Step 5, with `--full`: the work that a person came for, done once."""
from __future__ import annotations

from checks.judging.finding import Finding, skipped
from checks.judging.graph import check
from checks.rules.task import judge_task
from fixtures.facts.facts import Facts
from fixtures.opencode.config import is_bundled
from fixtures.system.sentences import Sentences

text = Sentences.beside(__file__, "sentences/task.toml")
PACKAGE = "@ai-sdk/openai-compatible"


@check("tools-work", step=5, needs=("chat-reply",))
def test_tools_work(facts: Facts) -> Finding:
    """A tool call changes a file
    工具调用真的改了文件"""
    if not facts.full:
        return skipped(text("only-full"))
    package = facts.config.package(facts.provider, facts.choice.key)
    if package not in (None, PACKAGE) or not is_bundled(package):
        return skipped(text("other-protocol", package=package))
    if not facts.stays_here or not facts.may_load:
        return skipped(text("stays"))
    task = facts.task
    return judge_task(facts, task) if task else skipped(text("not-asked", said="–"))
