"""Parsing and editing compared with references, on documents whole and damaged."""
