"""`python -m gan_lab.compare`: compares runs, grouped by the settings that differ."""
