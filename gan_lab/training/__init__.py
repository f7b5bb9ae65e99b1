"""`python -m gan_lab`: one run, from a composed configuration to a finished folder."""
