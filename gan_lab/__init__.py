"""gan_lab: an experiment framework for generative adversarial networks on small images."""
