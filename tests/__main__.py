"""`python3 tests [options]`: the tests of the suite itself, also where nothing was installed before."""
# No annotations import: an old Python must be able to read this far.
import os
import sys

# Python put this folder first, where its modules would be found under the wrong names.
sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from fixtures import python_version  # noqa: E402

python_version.require()

from fixtures import bootstrap  # noqa: E402

# The whole of it: the fast tests side by side, for they wait more than they work, and the real ones in one of the rows.
if not any(os.path.exists(word.partition("::")[0]) for word in sys.argv[1:]):
    rows = ["-p", "xdist.plugin", "-n", str(2 * min(os.cpu_count() or 1, 4)), "--dist", "loadgroup"]
    sys.argv[1:1] = [*rows, "--no-loadscope-reorder"]

sys.exit(bootstrap.main("tests"))
