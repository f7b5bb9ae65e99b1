"""`python -m gan_lab.extractor`: trains the network whose features metrics compare."""
