"""What stands in for programs of Windows: each starts by itself there, and imports nothing of the suite."""
