"""What went wrong in a run, in plain words, and what to try. Imports no torch."""
