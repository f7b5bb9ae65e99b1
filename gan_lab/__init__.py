"""gan_lab: an experiment framework for generative adversarial networks on small images."""

__version__ = "0.2.0"
