"""Step 3: Ollama's server is up."""
from __future__ import annotations

from checks.judging.finding import Finding, Text, blocked, failed, passed
from checks.judging.graph import check
from fixtures.facts.facts import Facts
from fixtures.ollama.server import Server


@check("server-listening", step=3, checkpoint=2)
def test_server_listening(facts: Facts) -> Finding:
    """Ollama serves its address
    Ollama 服务在监听"""
    server = facts.server
    address = server.address.url
    if server.state == "ollama":
        return passed(Text(address.removeprefix("http://"), address.removeprefix("http://")), origin=server.address.origin)
    values = {"address": address, "port": server.address.port, "program": _holder(server), "pid": server.holder.pid if server.holder else "?"}
    if server.state == "other":
        seen = Text(f"{values['program']} answers at {address}, not Ollama", f"在 {address} 应答的是 {values['program']}，不是 Ollama")
        return failed("port-taken-by-other", seen, **values).seen(answer=server.answer)
    if server.state == "silent":
        seen = Text(f"{address} accepts connections and does not answer", f"{address} 接受连接，但没有应答")
        return failed("server-not-answering", seen, **values).seen(answer=server.answer)
    return _nobody_there(facts, values)


def _holder(server: Server) -> str:
    return server.holder.name if server.holder else "?"


def _nobody_there(facts: Facts, values: dict[str, object]) -> Finding:
    """Every address of this machine refuses: say what is known about why."""
    address = values["address"]
    away = next((one for one in facts.addresses if not one.local), None)
    if away:
        seen = Text(f"{away.url} is another machine; nothing here listens on {address}", f"{away.url} 是另一台机器；本机 {address} 无人监听")
        return failed("server-on-other-host", seen, **{**values, "seen": away.url})
    other_port = next((port for process in facts.ollama_processes for port in process.ports), None)
    if other_port:
        seen = Text(f"Ollama listens on port {other_port}, not at {address}", f"Ollama 监听的是 {other_port} 端口，不是 {address}")
        return failed("ollama-host-mismatch", seen, **{**values, "seen": f"127.0.0.1:{other_port}"})
    if facts.ollama_program is None:
        return blocked("ollama-version")
    running = Text("an Ollama process is running", "有 Ollama 进程在运行")
    if not facts.ollama_processes:
        running = Text("no Ollama process is running", "没有 Ollama 进程在运行")
    seen = Text(f"nothing listens on {address}; {running.en}", f"{address} 无人监听；{running.zh}")
    return failed("server-not-running", seen, **values)
