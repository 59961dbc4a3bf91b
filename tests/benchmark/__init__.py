"""How long a run takes, beside what it is compared with: `python -m tests.benchmark`, pair by pair in one session."""
