"""Generated set-ups, sound and broken, judged by the suite and lived through by OpenCode: both must say the same."""
