"""The saturating loss of the original GAN."""

from typing import final

from torch.nn import functional as F

from gan_lab.loss.cross_entropy import CrossEntropy
from gan_lab.types import Contest, Terms


@final
class Minimax(CrossEntropy):
    """L_D = E softplus(-r) + E softplus(f),  L_G = -E softplus(f) = E log(1 - D(G(z))).

    Both players have the value of the game as their loss; at the critic's optimum L_D = 2 log 2 - 2 JS(p, q). The
    gradient of L_G by f, -sigmoid(f) per sample, vanishes where the critic wins. `real_target` below 1 smooths the
    labels of real samples, see `CrossEntropy`.
    Source: Goodfellow et al. 2014, arXiv 1406.2661, equation 1 (some slides print E[1 - log D(G(z))] instead of
    E[log(1 - D(G(z)))]). Deviation: no factor 1/2 in L_D.
    """

    def generator(self, contest: Contest) -> Terms:
        return Terms({"fake": -F.softplus(contest.on_fake.score).mean()})
