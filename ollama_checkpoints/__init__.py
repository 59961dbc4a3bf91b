"""The suite as an installed command: nothing but its start may live here.

A wheel holds the whole tree as data, below `suite`: `checks`, `fixtures` and `reports` collide with no other package.
"""
