"""Grids and searches: many runs by one command, which can be continued. Imports neither torch nor Optuna."""
