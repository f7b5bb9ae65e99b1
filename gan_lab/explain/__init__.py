"""`python -m gan_lab.explain`: arguments about divergences and critics, each a figure and its numbers."""
