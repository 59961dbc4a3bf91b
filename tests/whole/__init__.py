"""Whole runs, and what holds for the whole tree."""
