"""`python -m gan_lab.reference`: trains, measures and writes the published tables, answers and figures."""
