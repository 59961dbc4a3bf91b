"""What takes names, keys and home folders out of every text that leaves a run."""
