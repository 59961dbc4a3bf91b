"""What `--undo` takes back, and what it leaves."""
