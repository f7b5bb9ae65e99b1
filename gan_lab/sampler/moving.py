"""What samplers that move codes share: their sphere, and the record of their path."""

import torch
from jaxtyping import Float
from torch import Tensor

from gan_lab.types import Latent

SHOWN = 10
"""The number of samples whose path is recorded."""
FRAMES = 10


def snapshots(steps: int) -> list[int]:
    """Returns the steps before which codes are recorded: ten of them, or all if there are fewer."""
    frames = min(FRAMES, steps)
    return [frame * steps // frames for frame in range(frames)]


def on_sphere(e: Float[Tensor, "n d"], origin: Float[Tensor, "n d"]) -> Float[Tensor, "n d"]:
    """Returns e with each row rescaled to the Euclidean norm of the same row of `origin`."""
    return e * norm(origin) / norm(e).clamp(min=1e-12)


def norm(e: Float[Tensor, "n d"]) -> Float[Tensor, "n 1"]:
    """Returns the Euclidean norm of each row."""
    return torch.linalg.vector_norm(e, dim=1, keepdim=True)


def first_codes(latent: Latent) -> Latent:
    """Returns a copy of the codes of the first samples."""
    return latent.map(lambda codes: codes[:SHOWN].clone())
