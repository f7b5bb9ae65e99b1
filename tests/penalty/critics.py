"""Critics and meetings whose penalties can be worked out by hand."""

import torch
from torch import Tensor, nn

from gan_lab.noise import IndexedNoise
from gan_lab.types import Contest, CriticOutput, Judge, Latent


def meeting(real: Tensor, fake: Tensor) -> Contest:
    """A contest of these samples; every one draws the same random numbers."""
    nothing = CriticOutput(torch.zeros(len(fake), 1), torch.zeros(len(fake), 1))
    noise = IndexedNoise(("test",), torch.device("cpu"))
    return Contest(fake, nothing, Latent(torch.zeros(len(fake), 1)), noise, real, nothing)


def judged_by(score: nn.Module) -> Judge:
    return lambda images: CriticOutput(score(images), images.flatten(1))


class Linear(nn.Module):
    """x -> w . x for images of any shape, whose gradient is w everywhere."""

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        self.weight = nn.Parameter(weight)

    def forward(self, images: Tensor) -> Tensor:
        return (images * self.weight).flatten(1).sum(1, keepdim=True)


def slopes(score: nn.Module, at: Tensor) -> Tensor:
    """The gradient of each sample's score, one sample at a time, in the shape of the samples."""
    return torch.stack([torch.func.grad(lambda x: score(x[None]).squeeze())(x) for x in at])
