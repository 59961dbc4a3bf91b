"""Everybody's results on one page: who is held up, by what, and for how long."""
