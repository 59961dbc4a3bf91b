"""What is read from a machine, and how often."""
