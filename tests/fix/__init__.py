"""What `--fix` changes, and what it never touches."""
