"""Records the path of samplers that move codes."""

from gan_lab.types import Latent

SHOWN = 10
"""The number of samples whose path is recorded."""
FRAMES = 10


def snapshots(steps: int) -> list[int]:
    """Returns the steps before which codes are recorded: ten of them, or all if there are fewer."""
    frames = min(FRAMES, steps)
    return [frame * steps // frames for frame in range(frames)]


def first_codes(latent: Latent) -> Latent:
    """Returns a copy of the codes of the first samples."""
    return latent.map(lambda codes: codes[:SHOWN].clone())
