"""In the place of winget.exe: lays the stand-in for ollama.exe where the real installer does, and takes it away."""
import os
import shutil
import sys
from pathlib import Path

FOLDER = Path(os.environ["LOCALAPPDATA"]) / "Programs" / "Ollama"

if sys.argv[1:4] == ["install", "--id", "Ollama.Ollama"]:
    FOLDER.mkdir(parents=True)
    shutil.copy("C:\\stand-ins\\ollama.exe", FOLDER)
elif sys.argv[1:4] == ["uninstall", "--id", "Ollama.Ollama"]:
    shutil.rmtree(FOLDER)
else:
    sys.exit("No package found matching input criteria.")
