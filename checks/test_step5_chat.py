"""Step 5: OpenCode lists the model, and the first sentence gets a reply."""
from __future__ import annotations

import re

from checks.judging.finding import Finding, advice, blocked, failed, passed, skipped
from checks.judging.graph import check
from checks.judging.lesson import lesson
from checks.judging.models import smaller
from checks.rules.errors import ERRORS, INVALID_HEADER, ended_by, no_list, time_limit
from checks.rules.rooms import proxied, unasked
from checks.rules.start import judge_start, place
from fixtures.facts.facts import Facts
from fixtures.ollama.log import said_since
from fixtures.ollama.names import same_model
from fixtures.ollama.server import address
from fixtures.opencode.chat import Reply
from fixtures.opencode.choice import configured
from fixtures.opencode.copy import logins_file
from fixtures.system.proxies import captured
from fixtures.system.sentences import Sentences, same

text = Sentences.beside(__file__, "sentences/step5.toml")
SLOW = 3.0
"""Tokens a second below which a reader waits for every word."""


@check("model-listed", step=5, checkpoint=4, needs=("config-valid",))
def test_model_listed(facts: Facts) -> Finding:
    """OpenCode lists the model
    OpenCode 列出了模型"""
    provider, providers = facts.provider or "", facts.providers
    file = facts.config.origin(("provider", provider))
    values = {"provider": provider, "model": facts.choice.name, "file": file.label if file else "", "seen": ""}
    if providers.unknown_api:
        version = facts.opencode_program.version if facts.opencode_program else ""
        seen = text("unknown-api", version=version)
        return failed("opencode-api-unknown", seen, version=version).seen(output=providers.error)
    if providers.error:
        seen = text("no-list", error=providers.error[:120])
        if switch := ended_by(facts, providers.error):
            variable, value = switch
            shown = same(f"{variable}={value}")
            return failed("opencode-variable-invalid", shown, variable=variable, seen=value or '""')
        found = failed(no_list(facts, providers.error), seen, **{**values, "seen": providers.error[:200]})
        return found.seen(output=providers.error)
    if provider not in providers.listed:
        seen = text("not-listed", provider=provider, there=", ".join(providers.listed))
        return failed("config-overridden", seen, **values)
    name, models = providers.listed[provider]
    if facts.choice.key not in models and facts.choice.key in configured(facts.config, provider):
        seen = text("left-out", key=facts.choice.key, provider=provider, there=", ".join(models[:4]))
        return failed("config-overridden", seen, **{**values, **_hiding(facts, provider)})
    shown = f"{name}: {', '.join(models[:4])}" + (" …" if len(models) > 4 else "")
    return _not_restarted(facts, values) or _stale_service(facts) or passed(same(shown), models=list(models))


def _stale_service(facts: Facts) -> Finding | None:
    """OpenCode's background service answers for every window, as it was started; it is never asked or ended here."""
    service = facts.service
    if not service:
        return None
    seen = text(f"service-{service.why}")
    return advice("opencode-service-stale", seen, pid=service.pid, seen=seen)


def _hiding(facts: Facts, provider: str) -> dict[str, object]:
    """The key that takes a model off the list, and its file."""
    path = next((path for path in (("blacklist",), ("whitelist",), ("models", facts.choice.key, "status"))
                 if facts.config.get("provider", provider, *path) is not None), ())
    source = facts.config.origin(("provider", provider, *path))
    return {"key": ".".join(path), **({"file": source.label} if source else {})}


def _not_restarted(facts: Facts, values: dict[str, str]) -> Finding | None:
    """An OpenCode that is older than the file still has the old one: it is read at start only."""
    import time

    if not facts.generation.reads_once:
        return None
    files = (source.path for source in facts.config.sources if source.path and source.path.exists())
    changed = max((file.stat().st_mtime for file in files), default=0)
    stale = [process for process in facts.opencode_processes if time.time() - process.age < changed - 1]
    if not stale:
        return None
    return advice("opencode-not-restarted", text("not-restarted"), **{**values, "pid": stale[0].pid})


@check("chat-reply", step=5, checkpoint=5, needs=("model-listed", "names-agree", "model-tools"))
def test_chat_reply(facts: Facts) -> Finding:
    """The model replies
    模型有回应"""
    if facts.too_large:
        return blocked("model-fits")
    if package := facts.own_package:
        return skipped(text("own-package", package=package))
    if proxy := captured(facts.setup.env, str(facts.base_url)):
        seen = text("proxied", variable=proxy.variable, value=proxy.value)
        return failed("proxy-captures-localhost", seen, variable=proxy.variable, seen=proxy.value, **proxied(facts))
    if finding := unasked(facts):
        return finding
    if key := time_limit(facts):
        return _gave_up(facts, key)
    reply = facts.reply
    if reply.text and not reply.error:
        said = " ".join(reply.text.split())
        said = said if len(said) <= 60 else said[:59] + "…"
        found = text("reply", said=said, seconds=f"{reply.seconds:.1f}")
        return passed(found, text=reply.text)
    return _no_reply(facts, reply)


def _no_reply(facts: Facts, reply: Reply) -> Finding:
    """What OpenCode said, and for an error that is not known what the server wrote meanwhile."""
    message = reply.message
    values = {"model": facts.choice.name, "address": facts.server.address.url, "seen": message[:200], "minimum": 32768,
              **_extra(facts)}
    seen, pitfall = same(message[:200]) if message else text("no-text"), _why(facts, reply.error, message)
    if key := time_limit(facts, message):
        return _gave_up(facts, key)
    if pitfall == "unknown-error":
        log = said_since(facts.setup, reply.ended - reply.seconds)
        seen = text("unknown", opencode=message[:200] or reply.error, ollama=log[-1][:200] if log else text("nothing"))
        return failed(pitfall, seen, **values).seen(
            error=reply.error, message=message, ollama_log=log, opencode_log=_log_of(facts)
        )
    return failed(pitfall, seen, **{**values, **_sent_wrongly(facts, message)}).seen(error=reply.error, message=message)


def _gave_up(facts: Facts, key: str) -> Finding:
    path = ("provider", facts.provider or "", "options", key)
    value = facts.config.get(*path)
    return failed("timeout-too-short", same(f"{key}: {value} ms"), **{**place(facts, path), "key": key, "seen": value})


def _log_of(facts: Facts) -> list[str]:
    return facts.serve.errors() if facts.serve else []


def _sent_wrongly(facts: Facts, message: str) -> dict[str, object]:
    """The key whose value cannot be sent as a header."""
    if not INVALID_HEADER.search(message):
        return {}
    path = ("provider", facts.provider or "", "options")
    key = next((key for key in ("apiKey", "headers") if not _is_plain(facts.config.get(*path, key))), None)
    if key is None:  # what stands in the config can be sent: it is the stored one
        return {"file": str(logins_file(facts.setup)), "line": 1, "key": f"{facts.provider}.key", "seen": message[:200]}
    source = facts.config.origin((*path, key))
    return {"file": source.label if source else "", "key": ".".join((*path, key)), "seen": message[:200]}


def _is_plain(value: object) -> bool:
    return str(value).isascii()


def _why(facts: Facts, error: str | None, message: str) -> str:
    """The pitfall an error text shows; `unknown-error` where none is known for it."""
    if error is None:
        return "tool-call-as-text"
    package = facts.config.package(facts.provider, facts.choice.key)
    own = package is not None and str(package) != "@ai-sdk/openai-compatible"
    if error == "NotSent":
        return "npm-package-wrong" if own else "base-url-wrong"
    said = f"{error} {message}"
    known = next((pitfall for pitfall, pattern in ERRORS if re.search(pattern, said, re.IGNORECASE)), None)
    where = address(str(facts.base_url), "config")
    if known == "localhost-ipv6" and not (where and where.host in ("localhost", "::1")):
        return "server-not-answering"
    if known in (None, "base-url-missing-v1") and own:
        return "npm-package-wrong"  # config-valid has seen the right address: this package speaks another protocol
    return known or "unknown-error"


def _extra(facts: Facts) -> dict[str, str]:
    model, machine = facts.model, facts.machine
    size = model.size if model else 0
    return {
        "base_url": f"{facts.server.address.url}/v1", "suggestion": smaller(size), "near": "",
        "provider": facts.provider or "", "size": f"{size / 1e9:.1f} GB",
        "free": f"{machine.ram_gib or 0:.1f} GiB", "needed": f"{1.2 * size / 2**30:.1f} GiB",
        "version": facts.server.version or "", "minimum": lesson()["minimum"]["ollama"],
        "file": "", "line": "", "key": "npm",
    }


@check("context-window", step=5, needs=("chat-reply",))
def test_context_window(facts: Facts) -> Finding:
    """The window holds OpenCode's prompt
    窗口装得下 OpenCode 的提示词"""
    window, limits = facts.loaded.context_length if facts.loaded else None, lesson()["context"]
    if window is None:
        return skipped(text("window-unknown"))
    expected = text("window-expected", least=limits["least"])
    trained = facts.model is not None and facts.model.context_length == window
    other = facts.recommend(facts.machine)
    way = {"near": "" if same_model(other, facts.choice.name) else other} if trained else {"minimum": 32768}
    values = {"model": facts.choice.name, "window": window, "address": facts.server.address.url, **way}
    seen = text("window", window=window)
    if facts.full_prompt and facts.full_prompt.cut:
        seen = text("window-cut", window=window, sent=facts.full_prompt.sent, read=facts.full_prompt.read)
    if trained:
        seen = text("window-trained", seen=seen)
    if trained and facts.setup.target == "sandbox":
        return passed(seen)  # its small model says nothing of the person's
    if window < limits["least"]:
        return advice("context-too-small", seen, expected, **values)
    believed = facts.counted_window or 0
    if believed > window:
        seen = text("window-believed", seen=seen, believed=believed)
        more = {"wanted": window, "size": believed, "provider": facts.provider}
        return advice("window-believed-larger", seen, expected, **{**values, **more})
    if window < limits["good"]:
        seen = text("window-enough", seen=seen, good=limits["good"])
    return passed(seen, expected)


@check("reply-speed", step=5, needs=("chat-reply",))
def test_reply_speed(facts: Facts) -> Finding:
    """The reply keeps up with reading
    回应速度跟得上阅读"""
    if finding := unasked(facts):
        return finding
    speed, loaded = facts.reply.speed, facts.loaded
    if speed is None:
        return skipped(text("too-short"))
    on_gpu = bool(loaded and loaded.size_vram)
    place = text("on-gpu") if on_gpu else text("on-processor")
    took = facts.load.seconds if facts.load else 0.0
    rate = f"{speed:.0f} tokens/s"
    seen = text("speed", rate=rate, place=place, took=f"{took:.1f}")
    judged = facts.setup.target == "machine"  # a sandbox's small model says nothing of the person's
    expected = text("speed-expected", least=f"{SLOW:.0f}") if judged else None
    suggestion = smaller(facts.model.size if facts.model else 0)
    values = {"model": facts.choice.name, "seen": seen.en, "suggestion": suggestion}
    if not on_gpu and not facts.machine.unified and (facts.machine.vram_gib or 0) >= 4:
        return advice("gpu-not-used", seen, expected, **values)
    return advice("slow-reply", seen, expected, **values) if judged and speed < SLOW else passed(seen, expected)


@check("default-model", step=5, needs=("config-valid",))
def test_default_model(facts: Facts) -> Finding:
    """Without a choice, opencode run stays here
    不作选择时，opencode run 用本机模型"""
    return judge_start(facts)
