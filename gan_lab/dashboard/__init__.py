"""`python -m gan_lab.dashboard`: a saved workspace and a report in W&B."""
