"""The least that one reply through OpenCode takes: one `opencode serve`, the model brought in beside it, one sentence.

`python floor.py OLLAMA_URL PROVIDER MODEL PROMPT AGENT`, in OpenCode's environment. It judges nothing.
"""
import json
import re
import subprocess
import sys
import threading
import urllib.request

OLLAMA, PROVIDER, MODEL, PROMPT, AGENT = sys.argv[1:]


def ask(url: str, data: object = None) -> object:
    body = None if data is None else json.dumps(data).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=120) as answer:
        text = answer.read()
    return json.loads(text) if text else None


threading.Thread(target=ask, args=(f"{OLLAMA}/api/generate", {"model": MODEL}), daemon=True).start()
serve = subprocess.Popen(["opencode", "serve", "--port", "0"], stdout=subprocess.PIPE, text=True)
assert serve.stdout
url = next(found[1] for line in serve.stdout if (found := re.search(r"listening on (http://\S+)", line)))
events = urllib.request.urlopen(f"{url}/event", timeout=120)
events.readline()
session = ask(f"{url}/session", {"title": "floor"})["id"]  # type: ignore[index]
model = {"providerID": PROVIDER, "modelID": MODEL}
ask(f"{url}/session/{session}/prompt_async",
    {"agent": AGENT, "model": model, "parts": [{"type": "text", "text": PROMPT}]})
reply = ""
for line in events:
    event = json.loads(line[6:]) if line.startswith(b"data: ") else {}
    if event.get("type") == "message.part.delta":
        reply += event["properties"].get("delta") or ""
    if re.search(r"\S{2}.*[.!?。！？]", reply, re.DOTALL) or len(reply) > 60:
        break
serve.kill()
serve.wait()
