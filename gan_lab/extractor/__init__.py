"""`python -m gan_lab.extractor`: trains the classifier whose features metrics compare."""
