"""`python -m gan_lab.invert`: finds the codes of images."""
