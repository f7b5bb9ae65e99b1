"""Mathematics that several rooms need, as pure functions."""
