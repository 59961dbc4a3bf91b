"""Whether every word that a face shows is in its table, and stands there once."""
