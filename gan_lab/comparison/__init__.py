"""Many runs side by side: read from their folders, grouped by what differs in their configurations. No torch."""

from gan_lab.comparison.command import write

__all__ = ["write"]
