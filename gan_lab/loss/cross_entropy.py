"""The binary cross-entropy that several losses give their critic."""

from abc import ABC
from math import log
from typing import Annotated

from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from gan_lab.domains import Domain
from gan_lab.loss.base import AdversarialLoss, judged_real, right_sides, score_diagnostics
from gan_lab.types import Contest, Terms

TargetOfReals = Annotated[float, Domain("a number above 0.5, at most 1", lambda value: 0.5 < value <= 1)]


class CrossEntropy(AdversarialLoss, ABC):
    """L_D = E BCE(r, a) + E softplus(f), which trains the critic as a classifier; subclasses define L_G.

    `real_target` a below 1 is one-sided label smoothing: real samples are labelled a instead of 1, fakes stay at 0, and
    the generator's target stays 1. The critic's optimum is sigmoid(score) = a p / (p + q).
    Source: Salimans et al. 2016, arXiv 1606.03498, section 3.4.
    """

    def __init__(self, *, real_target: TargetOfReals = 1.0) -> None:
        super().__init__()
        self.real_target = real_target

    def critic(self, contest: Contest) -> Terms:
        return cross_entropy_critic(contest, self.real_target)

    def log_ratio(self, score: Float[Tensor, "b k"]) -> Float[Tensor, " b"]:
        """Returns log(D / (a - D)) for D = sigmoid(score), which is the score itself for a = 1.

        D >= a corresponds to no ratio; such scores are treated as a - D = 1e-7 a.
        """
        a, score = self.real_target, score.squeeze(1)
        if a == 1:
            return score
        score = score.clamp(max=log(a / (1 - a)))  # where D = a
        return score - (a - (1 - a) * score.exp()).clamp(min=1e-7).log()


def cross_entropy_critic(contest: Contest, real_target: float = 1.0) -> Terms:
    """L_D = E softplus(-r) + E softplus(f): -log D(x) - log(1 - D(G(z))) for D = sigmoid(score), without overflow.

    With a target a for real samples, their term is BCE(r, a) = softplus(r) - a r = softplus(-r) + (1 - a) r.
    Diagnostics: `accuracy`, the share of samples on the right side of D = a / 2, the optimal critic's output where
    p = q (score 0 for a = 1). For a = 1 also `jensen_shannon_bound`, log 2 - L_D / 2, the batch's estimate of a lower
    bound of the Jensen-Shannon divergence between data and model, which is at most log 2.
    """
    real, fake = judged_real(contest), contest.on_fake.score
    even = log(real_target / (2 - real_target))
    terms = {"real": (F.softplus(-real) + (1 - real_target) * real).mean(), "fake": F.softplus(fake).mean()}
    diagnostics = score_diagnostics(real, fake) | {"accuracy": right_sides(real - even, fake - even)}
    if real_target == 1:
        diagnostics["jensen_shannon_bound"] = log(2) - (terms["real"] + terms["fake"]).detach() / 2
    return Terms(terms, diagnostics)
