"""`python -m gan_lab.sensitivity`: studies how measures depend on k, the number of samples and the extractor."""
