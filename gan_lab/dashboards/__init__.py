"""Views of many runs in W&B, defined in code. Import no torch."""
