"""`python -m gan_lab.report`: a run on one page."""
