"""`python3 tests [options]`: the tests of the suite itself, also where nothing was installed before."""
# No annotations import: an old Python must be able to read this far.
import os
import subprocess
import sys

# Python put this folder first, where its modules would be found under the wrong names.
sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from fixtures import python_version  # noqa: E402

python_version.require()

from fixtures import bootstrap  # noqa: E402

words = sys.argv[1:]
if not any(os.path.exists(name) or name.endswith(".py") for name in (word.partition("::")[0] for word in words)):
    if "-m" not in words:  # the whole of it: the fast tests first
        start = [sys.executable, os.path.dirname(os.path.abspath(__file__)), *words, "-m"]
        codes = []
        while len(codes) < 2 and bootstrap.INTERRUPTED not in codes:
            codes.append(subprocess.call([*start, ("not real", "real")[len(codes)]]))
        sys.exit(next(filter(None, codes), 0))
    cores, marked = os.cpu_count() or 1, (words + [""])[words.index("-m") + 1]
    # Side by side, a file in one row: the fast ones wait more than they work, two real ones leave each other room.
    number = 2 * min(cores, 4) if marked.startswith("not real") else min(cores, 2) if marked.startswith("real") else 0
    if number:
        sys.argv[1:1] = ["-p", "xdist.plugin", "-n", str(number), "--dist", "loadfile"]

sys.exit(bootstrap.main("tests"))
