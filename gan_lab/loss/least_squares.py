"""The least squares loss."""

from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from gan_lab.loss.base import AdversarialLoss, judged_real, score_diagnostics
from gan_lab.types import Contest, Terms


@final
class LeastSquares(AdversarialLoss):
    """L_D = E (r - b)^2 / 2 + E (f - a)^2 / 2,  L_G = E (f - c)^2 / 2.

    This is regression of the raw score on the labels a (`fake_label`), b (`real_label`) and, for the generator, c
    (`generator_label`). Fakes that are far on the wrong side get the largest gradients. The paper's two choices of
    (a, b, c) are (0, 1, 1) and (-1, 1, 0).

    The optimal score is (b p + a q) / (p + q), for which L_D = (b - a)^2 / 8 (2 - TD). TD is the triangular
    discrimination, the integral of (p - q)^2 / (p + q), between 0 and 2 TV. With (-1, 1, 0), and with the constant
    E (r - c)^2 / 2 added, the generator minimises TD / 2; the paper calls TD the Pearson chi^2 of (p + q || 2 q).
    Diagnostic `triangular_bound`: 2 - 8 L_D / (b - a)^2, the batch's estimate of a lower bound of TD.
    Source: Mao et al. 2017, arXiv 1611.04076 (not the loss-sensitive GAN, which is called LS-GAN too).
    """

    def __init__(self, *, fake_label: float = 0.0, real_label: float = 1.0, generator_label: float = 1.0) -> None:
        super().__init__()
        if fake_label >= min(real_label, generator_label):
            raise ValueError(
                f"fake_label must be below real_label and generator_label, as scores are high for real: "
                f"{fake_label}, {real_label}, {generator_label}"
            )
        self.fake_label = fake_label
        self.real_label = real_label
        self.generator_label = generator_label

    def critic(self, contest: Contest) -> Terms:
        real, fake = judged_real(contest), contest.on_fake.score
        terms = {"real": half_square(real - self.real_label), "fake": half_square(fake - self.fake_label)}
        shown = 2 - 8 * (terms["real"] + terms["fake"]).detach() / (self.real_label - self.fake_label) ** 2
        return Terms(terms, score_diagnostics(real, fake) | {"triangular_bound": shown})

    def generator(self, contest: Contest) -> Terms:
        return Terms({"fake": half_square(contest.on_fake.score - self.generator_label)})

    def log_ratio(self, score: Float[Tensor, "b k"]) -> Float[Tensor, " b"]:
        """Returns log((D - a) / (b - D)), which is log p / q at the optimum, clamped to +-16 for D outside (a, b)."""
        return torch.logit((score.squeeze(1) - self.fake_label) / (self.real_label - self.fake_label), eps=1e-7)


def half_square(error: Float[Tensor, "b k"]) -> Float[Tensor, ""]:
    """Returns E error^2 / 2."""
    return error.square().mean() / 2
