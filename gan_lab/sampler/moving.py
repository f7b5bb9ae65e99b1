"""What samplers that move codes show of it."""

SHOWN = 10
"""Samples whose way is kept."""
FRAMES = 10


def snapshots(steps: int) -> list[int]:
    """Before which steps to look: ten of them, or all of fewer."""
    frames = min(FRAMES, steps)
    return [frame * steps // frames for frame in range(frames)]
