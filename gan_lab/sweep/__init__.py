"""Many runs by one command: grids and searches that go on where they were. Imports neither torch nor Optuna."""
