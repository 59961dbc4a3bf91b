"""The suite's own tests, in the rooms of the tree they test, on the real programs."""
