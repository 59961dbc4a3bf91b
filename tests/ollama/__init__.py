"""What lies in a model store."""
