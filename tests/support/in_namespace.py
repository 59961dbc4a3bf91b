"""`python -m tests.support.in_namespace FOLDER`: go in, try the controls, and print what held as JSON."""
from __future__ import annotations

import json
import sys
from pathlib import Path

from fixtures.proof import controls, namespace
from fixtures.proof.watch import Watch


def main(folder: Path) -> None:
    namespace.enter(folder)
    watch = Watch("opencode")
    namespace.drop_rights()
    held = controls.enforced(watch, [], {"relay": []})
    hidden = [place.name for place in Path("/run").iterdir() if place.is_dir() and any(place.iterdir())]
    rights = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("CapBnd"))
    print(
        json.dumps({"held": held, "seen": sorted(one.to for one in watch.attempts()), "left": hidden, "rights": rights})
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
