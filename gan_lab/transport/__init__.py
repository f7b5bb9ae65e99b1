"""Optimal transport between two batches."""
