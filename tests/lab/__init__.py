"""Tests of the role for lab rooms, by the real Ansible."""
