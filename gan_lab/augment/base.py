"""The base class of augmentations."""

from abc import ABC
from typing import Annotated, Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gan_lab.augment.operations import DRAWS, OPERATIONS
from gan_lab.domains import Declared, Domain
from gan_lab.loss.base import AdversarialLoss
from gan_lab.noise import IndexedNoise
from gan_lab.types import Contest

Operations = Annotated[
    tuple[Literal["colour", "translation", "cutout"], ...],
    Domain("a list of one or more of colour, translation and cutout", bool),
]


class Augmentation(nn.Module, Declared, ABC):
    """Changes all that the critic judges, real and generated images alike, in the turns of both players.

    Each operation, in the order given, is applied to an image with probability p. With few training images, a critic
    learns them by heart; changed images are many. Generated images are changed in the same way, with gradients, so that
    the generator learns the images and not the changes. Penalties act where the critic judges: on changed images. It is
    a Module so that p is saved and moved with the model. Diagnostic: `augmentation`, which is p.
    """

    def __init__(self, *, operations: Operations, p: float) -> None:
        super().__init__()
        self.operations = operations
        self.register_buffer("p", torch.tensor(float(p)))

    def forward(self, images: Float[Tensor, "b c h w"], noise: IndexedNoise) -> Float[Tensor, "b c h w"]:
        """Returns the images, each changed by itself."""
        for name in self.operations:
            u = noise.uniform(len(images), 1 + DRAWS[name])
            changed = OPERATIONS[name](images, u[:, 1:])
            images = torch.where(u[:, 0, None, None, None] < self.get_buffer("p"), changed, images)
        return images

    def refuse(self, loss: AdversarialLoss) -> None:
        """Raises GanLabError if this loss does not tell what the augmentation needs."""
        return None

    def observe(self, loss: AdversarialLoss, contest: Contest) -> dict[str, Float[Tensor, ""]]:
        """Learns from a contest of the critic's turn, and returns diagnostics by name."""
        return {"augmentation": self.get_buffer("p").clone()}
