"""What is asked of this machine: a file for each step of the lesson, and the tables a teacher edits."""
