"""`python -m gan_lab.compare`: many runs side by side, grouped by what differs in their configurations."""
