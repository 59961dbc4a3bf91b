"""Every word that a face of a run shows, in both languages: a table for each face, and one that all of them share."""
