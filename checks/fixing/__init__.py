"""From what the checks found to the steps of `--fix`: which are planned, taken, and judged once more."""
