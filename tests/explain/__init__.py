"""Which pitfalls texts from people are taken for."""
