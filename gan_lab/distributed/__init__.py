"""Several processes: what they know of each other, do together, and what keeps jobs apart."""
