"""Shared by all commands: configurations, the data of a checkpoint, errors as one sentence."""
