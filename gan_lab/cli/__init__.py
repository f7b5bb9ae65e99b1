"""What every command shares: configurations, the objects that they name, errors in one sentence."""
