"""The gradient penalty of Banach Wasserstein GANs."""

from math import nan
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from gan_lab.data.samples import Samples
from gan_lab.domains import Exponent, NonNegative
from gan_lab.maths.sobolev_space import SobolevSpace, mean_norm
from gan_lab.penalty.base import Penalty, input_gradient
from gan_lab.penalty.gradient import interpolate
from gan_lab.types import Contest, Judge, Terms


@final
class SobolevPenalty(Penalty):
    """lambda E[(||grad D(x^)||_* - 1)^2],  x^ as in `GradientPenalty`,  lambda = E ||x||_{s,p} over training samples x.

    ||.||_* is the dual norm of W^{s,p}, see `SobolevSpace`. With s = 0, p = 2 and weight 10 this is the two-sided
    `GradientPenalty`. With the loss `BanachWasserstein`, D is divided by gamma (`judge`). `weight` is lambda; if it is
    None, it is computed once before training and kept (`prepare`). s other than 0 needs images. Diagnostic `dual_norm`:
    the mean of ||grad D(x^)||_*, near 1 for a trained critic.

    Source: Adler & Lunz 2018, arXiv 1806.06621. Deviation from its code: lambda is not recomputed for each batch.
    """

    player = "critic"
    needs_independent_samples = True
    weight: Float[Tensor, ""]

    def __init__(self, *, s: float, p: Exponent, weight: NonNegative | None) -> None:
        super().__init__()
        self.space = SobolevSpace(s=s, p=p)
        self.needs_images = s != 0
        self.register_buffer("weight", torch.tensor(nan if weight is None else weight))

    def prepare(self, train: Samples) -> None:
        if self.weight.isnan():
            self.weight.copy_(mean_norm(self.space.norm, train))

    def forward(self, judge: Judge, contest: Contest) -> Terms:
        if contest.real is None:
            raise ValueError("the Sobolev penalty needs real samples in its turn")
        slope = input_gradient(judge, interpolate(contest)).unflatten(1, contest.fake.shape[1:])
        norm = self.space.dual_norm(slope)
        cost = (norm - 1).square().mean()
        return Terms({"sobolev_penalty": self.weight * cost}, {"dual_norm": norm.detach().mean()})
