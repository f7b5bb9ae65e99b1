"""The Wasserstein distance for norms of images other than the Euclidean one."""

from math import nan
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from gan_lab.data.samples import Samples
from gan_lab.domains import Exponent, NonNegative, Positive
from gan_lab.loss.base import AdversarialLoss, judged_real, score_diagnostics
from gan_lab.maths.sobolev_space import SobolevSpace, mean_norm
from gan_lab.types import Contest, CriticOutput, GanLabError, Judge, Terms


@final
class BanachWasserstein(AdversarialLoss):
    """L_D = (E f - E r) / gamma + d E r^2,  L_G = -E f / gamma,  gamma = E ||x||_* over training samples x.

    The Wasserstein-1 distance for the cost ||x - y||_{s,p} of moving x to y. The potential is D / gamma, and its
    gradients must have dual norm 1, which `SobolevPenalty` enforces. Penalties get D / gamma too (from `judge`);
    samplers and diagnostics get D. gamma lets the critic's outputs be as large as the dual norms of images. The drift
    term d E r^2 keeps the level of D near 0.

    If `gamma` is None, it is computed once before training and kept (`prepare`). With s = 0, p = 2, gamma = 1 and d = 0
    this is `Wasserstein`. s other than 0 needs images. Diagnostic `wasserstein_estimate`: (E r - E f) / gamma, in the
    units of ||.||_{s,p}.

    Source: Adler & Lunz 2018, arXiv 1806.06621. Deviations from its code: scores have the other sign, high for real;
    gamma is not recomputed for each batch, and it is the mean dual norm (the code computes the primal norm, which
    differs for s != 0).
    """

    gamma: Float[Tensor, ""]

    def __init__(self, *, s: float, p: Exponent, gamma: Positive | None, drift: NonNegative) -> None:
        super().__init__()
        self.space = SobolevSpace(s=s, p=p)
        self.needs_images = s != 0
        self.drift = drift
        self.register_buffer("gamma", torch.tensor(nan if gamma is None else gamma))

    def prepare(self, train: Samples) -> None:
        if self.gamma.isnan():
            self.gamma.copy_(mean_norm(self.space.dual_norm, train))

    def judge(self, critic: Judge, contest: Contest) -> Judge:
        def scaled(images: Tensor) -> CriticOutput:
            output = critic(images)
            return CriticOutput(output.score / self.gamma, output.features)

        return scaled

    def critic(self, contest: Contest) -> Terms:
        real, fake = judged_real(contest), contest.on_fake.score
        estimate = ((real.mean() - fake.mean()) / self.gamma).detach()
        return Terms(
            {
                "real": -real.mean() / self.gamma,
                "fake": fake.mean() / self.gamma,
                "drift": self.drift * real.square().mean(),
            },
            score_diagnostics(real, fake) | {"wasserstein_estimate": estimate},
        )

    def generator(self, contest: Contest) -> Terms:
        return Terms({"fake": -contest.on_fake.score.mean() / self.gamma})

    def log_ratio(self, score: Float[Tensor, "b k"]) -> Float[Tensor, " b"]:
        raise GanLabError("a Banach Wasserstein critic's score is a potential, not a log-ratio: calibrate it first")
