"""Set-ups to measure: the sound one with lines at the top of its config and with variables."""
from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT


def namespaces() -> bool:
    return (
        bool(shutil.which("unshare"))
        and not subprocess.run(["unshare", "-rnm", "true"], capture_output=True).returncode
    )


needs_namespaces = pytest.mark.skipif(
    sys.platform != "linux" or not namespaces(),
    reason="no namespaces for us: run this on Linux, where `unshare -rnm true` works (as root it does)",
)

CLOSED = {"OPENCODE_DISABLE_MODELS_FETCH": "1", "npm_config_offline": "true", "OLLAMA_NO_CLOUD": "1"}
LINES = '"autoupdate": false, "share": "disabled", "enabled_providers": ["ollama"], "model": "ollama/qwen2.5-coder:7b",'


def setup_folder(
    folder: Path, config: str = "", env: dict[str, str] | None = None, server: str = "", programs: str = ""
) -> Path:
    """The sound set-up with these lines at the top of its config, and these variables."""
    shutil.copytree(ROOT / "fixtures" / "setups" / "healthy", folder)
    file = folder / "home" / ".config" / "opencode" / "opencode.json"
    file.write_text(file.read_text(encoding="utf-8").replace("{", "{" + config, 1), encoding="utf-8")
    lines = "".join(f'{name} = "{value}"\n' for name, value in (env or {}).items())
    server = server or 'models = ["qwen2.5-coder:7b"]'
    (folder / "setup.toml").write_text(
        f'title = "measured"\n[server]\n{server}\n[programs]\n{programs}\n[env]\n{lines}', encoding="utf-8"
    )
    return folder
