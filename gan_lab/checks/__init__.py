"""What can be said of a configuration before torch is imported: types, ranges, and options that nothing uses."""
