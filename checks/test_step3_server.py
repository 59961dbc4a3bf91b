"""Step 3: Ollama's server is up."""
from __future__ import annotations

from checks.judging.finding import Finding, blocked, failed, passed
from checks.judging.graph import check
from checks.rules.rooms import unasked
from fixtures.facts.facts import Facts
from fixtures.ollama.server import Server
from fixtures.system.sentences import Sentences, same

text = Sentences.beside(__file__, "sentences/step3.toml")


@check("server-listening", step=3, checkpoint=2)
def test_server_listening(facts: Facts) -> Finding:
    """Ollama serves its address
    Ollama 服务在监听"""
    server = facts.server
    address = server.address.url
    if finding := unasked(facts):
        return finding
    if server.state == "ollama":
        return passed(same(address.removeprefix("http://")), origin=server.address.origin)
    values = {"address": address, "port": server.address.port, **_holder(server)}
    if server.state == "other":
        seen = text("other-answers", program=values["program"], address=address)
        return failed("port-taken-by-other", seen, **values).seen(answer=server.answer)
    if server.state == "silent":
        return failed("server-not-answering", text("silent", address=address), **values).seen(answer=server.answer)
    return _nobody_there(facts, values)


def _holder(server: Server) -> dict[str, object]:
    """The process that holds the port, where this user may see it."""
    holder = server.holder
    return {"program": holder.name if holder else "?", "pid": holder.pid if holder else "?"}


def _nobody_there(facts: Facts, values: dict[str, object]) -> Finding:
    """Every address of this machine refuses: say what is known about why."""
    address = values["address"]
    away = next((one for one in facts.addresses if not one.local), None)
    if away:
        found = text("away", away=away.url, address=address)
        return failed("server-on-other-host", found, **values, seen=away.url)
    other_port = next((port for process in facts.ollama_processes for port in process.ports), None)
    if other_port:
        found = text("other-port", port=other_port, address=address)
        seen = f"127.0.0.1:{other_port}"
        right = {"seen": seen, "base_url": f"http://{seen}/v1", "case": "config"}
        return failed("ollama-host-mismatch", found, **values, **right)
    if facts.ollama_program is None:
        return blocked("ollama-version")
    found = text("running" if facts.ollama_processes else "not-running", address=address)
    return failed("server-not-running", found, **values)
