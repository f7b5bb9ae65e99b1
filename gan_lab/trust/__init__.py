"""What somebody else's file may do here: which code it may name, how much it may expand to, what it may say."""
