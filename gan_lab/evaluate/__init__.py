"""`python -m gan_lab.evaluate`: measures a trained model, or images from anywhere."""
