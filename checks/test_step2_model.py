"""Step 2: a model is there, fits this machine and suits OpenCode."""
from __future__ import annotations

import re
from pathlib import Path

from checks.finding import Finding, Text, advice, failed, passed, same, skipped
from checks.graph import check
from checks.lesson import download_bytes, lesson, recommended, smaller
from fixtures.choice import tagged
from fixtures.facts import Facts
from fixtures.machine import GIB
from fixtures.memory import kv_cache
from fixtures.ollama import Model, is_cloud_name

GB = 10**9


@check("disk-space", step=2)
def test_disk_space(facts: Facts) -> Finding:
    """The models folder has room
    模型目录有足够空间"""
    free, disk = facts.machine.disk_free_gib, lesson()["disk"]
    if free is None:
        return skipped(Text("this system does not tell the free space", "系统没有给出剩余空间"))
    size = 0 if facts.model else download_bytes(facts.choice.name)
    needed = disk["free_gb"] if size is None else disk["per_download"] * size / GB
    seen = Text(f"{free * GIB / GB:.0f} GB free", f"剩余 {free * GIB / GB:.0f} GB")
    if free * GIB / GB >= needed:
        return passed(seen)
    expected = Text(f"{needed:.0f} GB for {facts.choice.name}", f"下载 {facts.choice.name} 需要 {needed:.0f} GB")
    values = {"free": f"{free * GIB / GB:.1f} GB", "needed": f"{needed:.0f} GB", "model": facts.choice.name}
    return advice("disk-full", seen, expected, **values)


@check("model-downloaded", step=2, needs=("server-listening",))
def test_model_downloaded(facts: Facts) -> Finding:
    """The model is downloaded
    模型已下载"""
    choice, model = facts.choice, facts.model
    values = {"model": choice.name, "address": facts.server.address.url}
    if is_cloud_name(choice.name) or (model and model.remote):
        seen = Text(f"{choice.name} runs at ollama.com", f"{choice.name} 在 ollama.com 上运行")
        return failed("ollama-cloud-model", seen, **values)
    if model:
        return passed(Text(f"{model.name}, {size(model.size)}", f"{model.name}，{size(model.size)}"))
    there = ", ".join(one.name for one in facts.models[:6]) or "–"
    if store := _own_store(facts):
        seen = Text(f"{choice.name} is in {store}; the server does not list it", f"{choice.name} 在 {store}，但服务没有列出它")
        return failed("two-model-stores", seen, file=str(store), **values)
    seen = Text(f"{choice.name} is not on the server; there: {there}", f"服务里没有 {choice.name}，现有：{there}")
    return failed("model-not-downloaded", seen, **values).seen(origin=choice.origin)


def _own_store(facts: Facts) -> Path | None:
    """This person's models folder, where it holds the model that the server (of another user) does not list."""
    name, _, tag = tagged(facts.choice.name).rpartition(":")
    parts = ("registry.ollama.ai", *(name.split("/") if "/" in name else ("library", name)), tag)
    store = facts.setup.ollama_models
    return store if (store / "manifests").joinpath(*parts).is_file() else None


@check("model-fits", step=2, needs=("model-downloaded",))
def test_model_fits(facts: Facts) -> Finding:
    """The memory holds the model
    内存装得下模型"""
    model, machine = facts.model, facts.machine
    if model is None or machine.ram_gib is None:
        return skipped(Text("this system does not tell its memory", "系统没有给出内存大小"))
    vram = 0 if machine.unified else machine.vram_gib or 0
    room = machine.ram_gib + vram
    factors = lesson()["memory"]
    least = (factors["least"] * model.size + kv_cache(model, _window(model))) / GIB
    seen = Text(f"{size(model.size)} in {room:.1f} GiB", f"{size(model.size)}，内存 {room:.1f} GiB")
    expected = Text(f"{least:.1f} GiB or more", f"至少 {least:.1f} GiB")
    tier = recommended(machine.ram_gib, None if machine.unified else machine.vram_gib)
    suggestion = tier.model if (download_bytes(tier.model) or 0) < 0.8 * model.size else smaller(model.size)
    values = {"model": model.name, "size": size(model.size), "needed": f"{least:.1f} GiB", "free": f"{room:.1f} GiB",
              "suggestion": suggestion}
    if facts.too_large:
        return failed("out-of-memory", seen, expected, **values)
    return passed(seen, expected) if least <= room else advice("out-of-memory", seen, expected, **values)


def _window(model: Model) -> int:
    """The model's own `num_ctx`, else Ollama's smallest default."""
    found = re.search(r"^num_ctx\s+(\d+)", model.parameters, re.MULTILINE)
    return int(found[1]) if found else 4096


@check("model-tools", step=2, needs=("model-downloaded",))
def test_model_tools(facts: Facts) -> Finding:
    """The model can take tools
    模型支持工具调用"""
    model = facts.model
    if model is None or model.capabilities is None:
        return skipped(Text("this Ollama does not tell a model's capabilities", "这个 Ollama 不提供模型的能力信息"))
    seen = same(", ".join(model.capabilities) or "–")
    values = {"model": model.name, "suggestion": recommended(facts.machine.ram_gib, facts.machine.vram_gib).model}
    if model.embedding:
        return failed("embedding-model", seen, same("completion, tools"), **values)
    if "tools" not in model.capabilities:
        return failed("model-lacks-tools", seen, same("completion, tools"), **values)
    return passed(seen)


def size(amount: int) -> str:
    """Bytes as `ollama list` shows them: decimal."""
    return f"{amount / GB:.1f} GB" if amount >= GB else f"{amount / 10**6:.0f} MB"
