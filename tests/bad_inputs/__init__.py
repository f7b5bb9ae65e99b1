"""Thousands of wrong inputs, generated for every group of options, every command and every kind of file."""
