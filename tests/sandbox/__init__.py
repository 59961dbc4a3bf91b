"""What OpenCode merges, and which model it would use."""
