"""What a CI job gets of a run: GitHub's annotations and summary, and JUnit's file."""
