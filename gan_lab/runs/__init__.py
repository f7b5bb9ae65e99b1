"""A run folder: its files, how they are written, and the trained model in it."""
