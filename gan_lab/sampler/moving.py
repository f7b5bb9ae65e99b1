"""What samplers that move codes show of it."""

SHOWN = 10
"""Samples whose way is kept."""
FRAMES = 10


def snapshots(steps: int) -> list[int]:
    """Before which steps to look: at most ten of them, the first among them."""
    return sorted({round(frame * steps / FRAMES) for frame in range(min(FRAMES, steps))})
