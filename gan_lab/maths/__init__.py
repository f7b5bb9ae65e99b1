"""Mathematics that several packages share, as pure functions."""
