"""What GitHub and JUnit's readers get to see."""
