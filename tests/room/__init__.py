"""The page of a room, from no seat to hundreds."""
