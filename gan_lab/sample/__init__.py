"""`python -m gan_lab.sample`: draws from a trained model into files."""
