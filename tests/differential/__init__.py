"""Generated set-ups, sound and broken, judged by the suite and lived through by the real OpenCode: both must say the same."""
