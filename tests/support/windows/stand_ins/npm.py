"""In the place of npm: `opencode.cmd` below AppData, as npm lays its shims; it starts the suite's own stand-in."""
import os
import sys
from pathlib import Path

SHIM = Path(os.environ["APPDATA"]) / "npm" / "opencode.cmd"
LINES = ["@ECHO off", "SETLOCAL", 'SET "PYTHONPATH={suite}"',
         '"C:\\packages\\Scripts\\python.exe" -m fixtures.sandbox.stand_in 2.0.26 %*', ""]

if sys.argv[1:] == ["install", "--global", "opencode-ai"]:
    SHIM.parent.mkdir(parents=True, exist_ok=True)
    suite = Path("C:\\stand-ins\\suite.txt").read_text(encoding="utf-8")
    SHIM.with_suffix(".ps1").write_text("# PowerShell's starter\r\n", encoding="ascii", newline="")
    SHIM.write_text("\r\n".join(LINES).format(suite=suite), encoding="mbcs", newline="")
elif sys.argv[1:] == ["uninstall", "--global", "opencode-ai"]:
    SHIM.unlink()
    SHIM.with_suffix(".ps1").unlink()
else:
    sys.exit("npm error code E404")
