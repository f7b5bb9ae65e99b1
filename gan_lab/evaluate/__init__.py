"""`python -m gan_lab.evaluate`: measures a trained model or a set of image files."""
