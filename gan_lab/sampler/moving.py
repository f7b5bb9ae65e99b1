"""What samplers that move codes show of it."""

from gan_lab.types import Latent

SHOWN = 10
"""Samples whose way is kept."""
FRAMES = 10


def snapshots(steps: int) -> list[int]:
    """Before which steps to look: ten of them, or all of fewer."""
    frames = min(FRAMES, steps)
    return [frame * steps // frames for frame in range(frames)]


def first_codes(latent: Latent) -> Latent:
    """The codes of the first samples."""
    return latent.map(lambda codes: codes[:SHOWN].clone())
