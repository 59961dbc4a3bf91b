"""Pure functions that say what is wrong with a config, from its text alone."""
