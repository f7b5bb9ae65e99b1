"""Several processes of one run: what they know of each other, and what they compute together."""
