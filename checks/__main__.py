"""`python3 checks [options]`: verifies this machine, also where nothing was installed before."""
# No annotations import: an old Python must be able to read this far.
import os
import sys

# Python put this folder first, where its modules would be found under the wrong names.
sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from fixtures import python_version  # noqa: E402

python_version.require()

from fixtures import bootstrap  # noqa: E402

sys.exit(bootstrap.main("checks"))
