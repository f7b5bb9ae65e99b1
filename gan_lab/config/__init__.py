"""The configuration in conf/: what can be chosen, how it is composed, and the functions that its files call."""
