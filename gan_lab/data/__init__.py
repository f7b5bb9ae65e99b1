"""Data sets of real images or points, and the order of their samples in training."""
