"""What a person has on PATH who has neither Ollama nor OpenCode, also where this machine has them in `/usr/bin`."""
from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

OURS = ("ollama", "opencode")
FOLDERS = (Path("/usr/bin"), Path("/bin"))


@cache
def system_path() -> str:
    """The system's folders; where one holds a program of ours, as with Fedora's packages, links to all the others."""
    if not any((folder / name).exists() for folder in FOLDERS for name in OURS):
        return os.pathsep.join(map(str, FOLDERS))
    links = Path(tempfile.mkdtemp(prefix="tests-path-"))
    atexit.register(shutil.rmtree, links, ignore_errors=True)
    for program in (program for folder in FOLDERS for program in folder.iterdir()):
        if program.name not in OURS and not (links / program.name).is_symlink():
            (links / program.name).symlink_to(program)
    return str(links)
