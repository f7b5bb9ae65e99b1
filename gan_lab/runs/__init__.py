"""A run folder: its files, how they are written and read, and the state of the run in it."""
