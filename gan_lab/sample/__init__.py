"""`python -m gan_lab.sample`: draws samples from a trained model and saves them."""
