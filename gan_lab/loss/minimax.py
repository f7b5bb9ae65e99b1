"""The saturating loss of the original GAN."""

from typing import final

from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from gan_lab.loss.base import AdversarialLoss
from gan_lab.loss.cross_entropy import cross_entropy_critic
from gan_lab.types import Contest, Terms


@final
class Minimax(AdversarialLoss):
    """L_D = E softplus(-r) + E softplus(f),  L_G = -E softplus(f) = E log(1 - D(G(z))).

    The value of the game itself: 2 log 2 - 2 JS(p, q) at the critic's optimum. Its gradient, -sigmoid(f) per sample,
    vanishes where the critic wins. Source: Goodfellow et al. 2014, arXiv 1406.2661, equation 1 (some course slides
    print E[1 - log D(G(z))] instead of E[log(1 - D(G(z)))]). Deviation: no factor 1/2 in L_D.
    """

    def critic(self, contest: Contest) -> Terms:
        return cross_entropy_critic(contest)

    def generator(self, contest: Contest) -> Terms:
        return Terms({"fake": -F.softplus(contest.on_fake.score).mean()})

    def log_ratio(self, score: Float[Tensor, "b k"]) -> Float[Tensor, " b"]:
        return score.squeeze(1)
