"""`python -m gan_lab -m experiment=study`: every method tuned with the same budget, and which of them is best."""
