"""`python -m gan_lab.sensitivity`: how measures depend on k, the number of samples and the extractor."""
