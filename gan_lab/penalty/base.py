"""What is added to a loss, or done to the weights after a step."""

from abc import ABC, abstractmethod
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gan_lab.data.samples import Samples
from gan_lab.maths.float32 import at_least_single
from gan_lab.types import Contest, Judge, Terms


class Penalty(nn.Module, ABC):
    """A term that is summed with the loss of `player` before the one backward pass.

    It may call the critic again through `judge`, which gives one score per sample. Like a loss it never logs or steps,
    and draws random numbers only from `contest.noise`.
    """

    player: Literal["critic", "generator"]

    needs_independent_samples: bool = False
    """Whether it differentiates a score by its own sample: then no layer of the critic may couple the batch."""

    squares_gradient: bool = False
    """Whether it is the mean of that gradient's square, which a sum of scores with random signs serves as well."""

    needs_dropout: bool = False
    """Whether the critic must have dropout: without it the term is always zero."""

    needs_images: bool = False
    """Whether samples must be images: points have no neighbours."""

    needs_real: bool = False
    """Of a generator's penalty: whether its turn must have fresh real samples, judged too. A critic's always has."""

    def __init__(self) -> None:  # torch's takes any keyword: a mistyped option must not pass
        super().__init__()

    def prepare(self, train: Samples) -> None:
        """Takes from the training samples what the penalty must know of them, into buffers; once, before the first
        round."""

    @abstractmethod
    def forward(self, judge: Judge, contest: Contest) -> Terms: ...


class WeightConstraint(ABC):
    """Something done to the critic's weights after each of its steps."""

    @abstractmethod
    def __call__(self, critic: nn.Module) -> None: ...

    def diagnostics(self, critic: nn.Module) -> dict[str, Float[Tensor, ""]]:
        """What it has done to the weights, to be logged."""
        return {}


def input_gradient(judge: Judge, at: Float[Tensor, " b *shape"]) -> Float[Tensor, "b n"]:
    """The gradient of each sample's score by that sample, flattened over everything but the batch.

    Differentiable itself (double backward). The sum over the batch gives per-sample gradients only because no layer
    couples samples. Never in half precision: squares of half-precision gradients overflow.
    """
    with torch.autocast(at.device.type, enabled=False):
        at = at_least_single(at.detach()).requires_grad_(True)
        (gradient,) = torch.autograd.grad(judge(at).score.sum(), at, create_graph=True)
    return gradient.flatten(1)
