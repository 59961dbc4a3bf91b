"""The suite on Windows: its fast tests, and a learner's first steps, on Windows' Python under Wine."""
