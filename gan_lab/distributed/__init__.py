"""Several processes of one run: their environment, their ranks and joint computations."""
