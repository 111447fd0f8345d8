"""The tables of a run: their rows and their files."""
