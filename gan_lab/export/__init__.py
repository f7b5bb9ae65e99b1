"""`python -m gan_lab.export`: writes a trained model for other people and other programs."""
