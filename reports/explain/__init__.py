"""Which pitfalls a pasted error message or log shows: the signs, the known cases, and the score."""
