"""Step 2: a model is there, fits this machine and suits OpenCode."""
from __future__ import annotations

import datetime
from pathlib import Path

from checks.judging.finding import Finding, advice, blocked, failed, passed, skipped
from checks.judging.graph import check
from checks.judging.lesson import download_bytes, lesson
from checks.judging.models import prints_calls, smaller
from checks.rules.places import mentions_ollama, wrong_place
from checks.rules.rooms import unasked, unneeded
from fixtures.facts.facts import Facts
from fixtures.ollama.memory import kv_cache, own_window
from fixtures.ollama.names import tagged
from fixtures.ollama.server import is_cloud_name
from fixtures.ollama.store import manifest_digest
from fixtures.system.machine import GIB, amount
from fixtures.system.sentences import Sentences, same

text = Sentences.beside(__file__, "sentences/step2.toml")
GB = 10**9
SMALLEST_WINDOW = 4096
"""Tokens: Ollama's default on the smallest hardware."""


@check("disk-space", step=2)
def test_disk_space(facts: Facts) -> Finding:
    """The models folder has room
    模型目录有足够空间"""
    free, disk = facts.machine.disk_free_gib, lesson()["disk"]
    if finding := unneeded(facts):
        return finding
    if free is None:
        return skipped(text("free-unknown"))
    size = 0 if facts.model else download_bytes(facts.choice.name)
    needed = disk["free_gb"] if size is None else disk["per_download"] * size / GB
    seen = text("free", free=f"{free * GIB / GB:.0f}")
    if free * GIB / GB >= needed:
        return passed(seen)
    expected = text("free-expected", needed=f"{needed:.0f}", model=facts.choice.name)
    values = {"free": f"{free * GIB / GB:.1f} GB", "needed": f"{needed:.0f} GB", "model": facts.choice.name}
    return advice("disk-full", seen, expected, **values)


@check("model-downloaded", step=2, needs=("server-listening",))
def test_model_downloaded(facts: Facts) -> Finding:
    """The model is downloaded
    模型已下载"""
    choice, model = facts.choice, facts.model
    if choice.origin == "lesson" and (by := _not_read_yet(facts)):
        return blocked(by)
    values = {"model": choice.name, "address": facts.server.address.url}
    if is_cloud_name(choice.name) or (model and model.remote):
        seen = text("cloud", model=choice.name)
        return failed("ollama-cloud-model", seen, **values, suggestion=facts.recommend(facts.machine))
    if finding := unasked(facts):
        return finding
    if model:
        return passed(text("there", name=model.name, size=amount(model.size)))
    if store := _own_store(facts):
        seen = text("not-listed", model=choice.name, store=store)
        return failed("two-model-stores", seen, file=str(store), **values)
    if finding := _too_large_to_download(facts) or _clock_is_wrong(facts):
        return finding
    there = ", ".join(one.name for one in facts.models[:6]) or "–"
    seen = text("missing", model=choice.name, there=there)
    return failed("model-not-downloaded", seen, **values).seen(origin=choice.origin)


def _not_read_yet(facts: Facts) -> str | None:
    """The check that tells of a config which OpenCode cannot read: which model it means is known once it is mended."""
    if facts.config.broken:
        return "config-valid"
    if facts.provider is not None or facts.generation.discovers:
        return None
    if any(mentions_ollama(source, facts.setup.port) for source in facts.config.sources):
        return "config-valid"
    return "config-found" if wrong_place(facts) else None


def _too_large_to_download(facts: Facts) -> Finding | None:
    """A model of the lesson whose weights exceed all memory: told before an evening goes into its download."""
    name, room, needed = facts.choice.name, facts.machine.room_gib, download_bytes(facts.choice.name)
    if not room or not needed or needed <= room * GIB:
        return None
    seen = text("missing-and-too-large", model=name, needed=amount(needed), room=f"{room:.1f}")
    values = {"model": name, "needed": amount(needed), "free": f"{room:.1f} GiB"}
    suggestion = facts.recommend(facts.machine)
    return failed("out-of-memory", seen, also=("model-not-downloaded",), **values, suggestion=suggestion)


def _clock_is_wrong(facts: Facts) -> Finding | None:
    """To a machine that lives before the suite was made every certificate is of the future: no download would work."""
    if facts.today >= datetime.date.fromisoformat(lesson()["clock"]["earliest"]):
        return None
    seen = text("missing-and-clock", model=facts.choice.name, today=facts.today.isoformat())
    return failed("clock-wrong", seen, also=("model-not-downloaded",), seen=facts.today.isoformat())


def _own_store(facts: Facts) -> Path | None:
    """This person's models folder, where it holds the model that the server (of another user) does not list."""
    store = facts.setup.ollama_models
    return store if manifest_digest(store, tagged(facts.choice.name)) else None


@check("model-fits", step=2, needs=("model-downloaded",))
def test_model_fits(facts: Facts) -> Finding:
    """The memory holds the model
    内存装得下模型"""
    model, room = facts.model, facts.machine.room_gib
    if finding := unasked(facts):
        return finding
    if model is None or room is None:
        return skipped(text("memory-unknown"))
    factors = lesson()["memory"]
    least = (factors["least"] * model.size + kv_cache(model, own_window(model) or SMALLEST_WINDOW)) / GIB
    seen = text("fits", size=amount(model.size), room=f"{room:.1f}")
    expected = text("fits-expected", least=f"{least:.1f}")
    suggestion = facts.recommend(facts.machine)
    suggestion = suggestion if (download_bytes(suggestion) or 0) < 0.8 * model.size else smaller(model.size)
    values = {"model": model.name, "size": amount(model.size), "needed": f"{least:.1f} GiB", "free": f"{room:.1f} GiB",
              "suggestion": suggestion}
    if facts.too_large:
        return failed("out-of-memory", seen, expected, **values)
    return passed(seen, expected) if least <= room else advice("out-of-memory", seen, expected, **values)


@check("model-tools", step=2, needs=("model-downloaded",))
def test_model_tools(facts: Facts) -> Finding:
    """The model can take tools
    模型支持工具调用"""
    model = facts.model
    if finding := unasked(facts):
        return finding
    if model is None or model.capabilities is None:
        return skipped(text("capabilities-unknown"))
    seen = same(", ".join(model.capabilities) or "–")
    values = {"model": model.name, "suggestion": facts.recommend(facts.machine)}
    if model.embedding:
        return failed("embedding-model", seen, same("completion, tools"), **values)
    if "tools" not in model.capabilities:
        return failed("model-lacks-tools", seen, same("completion, tools"), **values)
    if source := prints_calls(model.name):
        return passed(text("family-prints", able=seen)).seen(source=source)
    return passed(seen)
