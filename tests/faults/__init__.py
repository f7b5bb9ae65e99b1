"""Breaks runs on purpose and sees that nothing is lost: `make faults`."""
