"""`python -m gan_lab`: trains one run, from a composed configuration to a finished run folder."""
