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
if not any(os.path.exists(word.partition("::")[0]) for word in words):
    if "-m" not in words:  # the whole of it: the fast tests first
        start = [sys.executable, os.path.dirname(os.path.abspath(__file__)), *words, "-m"]
        codes = []
        while len(codes) < 2 and bootstrap.INTERRUPTED not in codes:
            codes.append(subprocess.call([*start, ("not real", "real")[len(codes)]]))
        sys.exit(next(filter(None, codes), 0))
    if any(word.startswith("not real") for word in words):  # side by side, for they wait more than they work
        sys.argv[1:1] = ["-p", "xdist.plugin", "-n", str(2 * min(os.cpu_count() or 1, 4)), "--dist", "loadfile"]

sys.exit(bootstrap.main("tests"))
