"""The base classes of penalties, which are added to a loss, and of constraints on the weights."""

from abc import ABC, abstractmethod
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gan_lab.data.samples import Samples
from gan_lab.domains import Declared
from gan_lab.maths.float32 import at_least_single
from gan_lab.types import Contest, Judge, Terms


class Penalty(nn.Module, Declared, ABC):
    """A term that is added to the loss of `player`.

    It may call the critic again through `judge`, which gives one score per sample. In the formulas of penalties, D is
    this raw score and E is the mean over the batch. Like a loss, a penalty never logs or takes optimizer steps, and
    draws random numbers only from `contest.noise`.
    """

    player: Literal["critic", "generator"]

    needs_independent_samples: bool = False
    """Whether it differentiates a score by its own sample; if so, no layer of the critic may couple samples."""

    squares_gradient: bool = False
    """Whether it is the mean square of that gradient, which a sum of scores with random signs also gives."""

    needs_dropout: bool = False
    """Whether the critic must have dropout: without it the term is always zero."""

    needs_images: bool = False
    """Whether samples must be images, whose pixels have neighbours."""

    needs_real: bool = False
    """For a penalty of the generator: whether its turn needs fresh real samples with scores, as the critic's has."""

    needs_slopes_between: bool = False
    """Whether it asks for `slopes_between`, and draws no other random numbers."""

    def __init__(self) -> None:  # torch's constructor accepts any keyword, so it would accept a misspelt option
        super().__init__()

    def prepare(self, train: Samples) -> None:
        """Computes the buffers that depend on the training samples; called once, before the first round."""

    @abstractmethod
    def forward(self, judge: Judge, contest: Contest) -> Terms: ...


class WeightConstraint(Declared, ABC):
    """A change of the critic's weights after each critic step."""

    @abstractmethod
    def __call__(self, critic: nn.Module) -> None: ...

    def diagnostics(self, critic: nn.Module) -> dict[str, Float[Tensor, ""]]:
        """Returns diagnostics of the weights, by name."""
        return {}


def input_gradient(judge: Judge, at: Float[Tensor, " b *shape"]) -> Float[Tensor, "b n"]:
    """Returns the gradient of each sample's score by that sample, flattened except over the batch.

    It can be differentiated again (double backward). It is the gradient of the sum over the batch, which is correct
    only because no layer couples samples. It is never in half precision, in which its squares would overflow.
    """
    with torch.autocast(at.device.type, enabled=False):
        at = at_least_single(at.detach()).requires_grad_(True)
        (gradient,) = torch.autograd.grad(judge(at).score.sum(), at, create_graph=True)
    return gradient.flatten(1)
