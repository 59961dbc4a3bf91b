"""What the checks say about made-up facts, and whether their pitfall table is whole."""
