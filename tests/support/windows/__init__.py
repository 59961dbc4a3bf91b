"""A Windows to run the suite on: Windows' CPython under Wine, in a Debian of its own below the suite's cache."""
