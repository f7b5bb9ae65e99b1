"""`python -m gan_lab.replay`: the training of points in the plane, replayed on one page."""
